"""Archives and wrappers around other formats."""

from __future__ import annotations

from scanner.inspect.format_row import MEMBERS, WHOLE_ARCHIVE, Format

_WRAPPED_PICKLE = (".pkl", ".pickle", ".joblib", ".dill", ".z")
_ZIP_ENDINGS = "zip whl egg jar apk docx xlsx pptx odt ods epub npz mar keras skops pt pth pt2"
_ZIP_NAMES = tuple(f".{ending}" for ending in _ZIP_ENDINGS.split())

ROWS = (
    Format(
        "zip",
        "a zip archive",
        _ZIP_NAMES,
        "`PK\\x03\\x04`, or an end record at the end",
        "its members",
        True,
        MEMBERS,
        WHOLE_ARCHIVE,
        "members",
    ),
    Format(
        "tar",
        "a tar archive",
        (".tar", ".pt", ".pth", ".pth.tar", ".nemo"),
        "a header block with a valid checksum",
        "its members",
        True,
        MEMBERS,
        WHOLE_ARCHIVE,
    ),
    *(
        Format(
            id_,
            title,
            (*names, *_WRAPPED_PICKLE),
            recognised,
            "what is packed in it",
            True,
            "what is packed, by its content",
            "all that is packed in it",
        )
        for id_, title, names, recognised in (
            (
                "gzip",
                "gzip-compressed data",
                (".gz", ".tgz", ".rds", ".rda", ".rdata", ".svgz"),
                r"`\x1f\x8b`",
            ),
            ("bzip2", "bzip2-compressed data", (".bz2", ".tbz2", ".tbz", ".rds", ".rda", ".rdata"), "`BZh`"),
            (
                "xz",
                "xz-compressed data",
                (".xz", ".txz", ".rds", ".rda", ".rdata"),
                r"`\xfd7zXZ\0`",
            ),
            (
                "lzma",
                "LZMA-compressed data",
                (".lzma", ".xz"),
                "a header of 13 bytes that the `lzma` program accepts, and data that can be unpacked",
            ),
            ("zlib", "zlib-compressed data", (".zlib", ".zz"), "a zlib header whose data can be unpacked"),
            (
                "lz4",
                "LZ4-compressed data",
                (".lz4",),
                r"`\x04\x22\x4d\x18`, also behind frames that are skipped",
            ),
            (
                "zstd",
                "Zstandard-compressed data",
                (".zst", ".zstd", ".tzst"),
                r"`\x28\xb5\x2f\xfd`, also behind frames that are skipped",
            ),
        )
    ),
    Format(
        "7z",
        "a 7-Zip archive",
        (".7z", ".pt", ".pth", ".pkl"),
        r"`7z\xbc\xaf\x27\x1c`",
        "its members",
        True,
        MEMBERS,
        f"{WHOLE_ARCHIVE}: copied, LZMA, LZMA2, BZip2, Deflate, Zstandard, LZ4",
    ),
)
