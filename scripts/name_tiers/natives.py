"""Callables that are not written in Python: a reviewed table, by module and category.

A module has a category for everything that is not named otherwise, so a new function of a new interpreter is
not missed; ``""`` means that the rest is not dangerous. The names are asked of the running interpreter.
"""

# ruff: noqa: E501 - a table of names

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.name_tiers.reviewed import REVIEWED
from scripts.name_tiers.reviewed_packages import PACKAGE_NAMES


@dataclass(frozen=True, slots=True)
class Native:
    """One compiled module: the category of what is not named, and the names that differ."""

    rest: str = ""
    named: Mapping[str, str] = field(default_factory=dict)
    """Names, separated by blanks, by their category; ``""`` holds the harmless ones."""
    extra: str = ""
    """Names that this interpreter does not have, but another version or system does."""


_STATS = "stat_result statvfs_result terminal_size times_result uname_result sched_param DirEntry error"
_POSIX = {
    "": f"{_STATS} fspath strerror PathLike",
    "process": """execv execve posix_spawn posix_spawnp system popen spawnv spawnve spawnvp spawnvpe startfile
        startfile2""",
    "file": """chflags chmod chown fdopen lchflags lchmod lchown link mkdir mkfifo mknod open remove
        removexattr rename replace rmdir setxattr symlink truncate unlink utime""",
    "state": """abort fork forkpty kill killpg pidfd_open register_at_fork copy_file_range eventfd fchdir fchmod fchown
        fsync ftruncate lockf memfd_create pipe pipe2 posix_fallocate posix_fadvise pread preadv pwrite pwritev read readv
        sendfile splice write writev _exit""",
    "look": """access confstr cpu_count ctermid device_encoding fpathconf fstat fstatvfs get_blocking
        get_inheritable get_terminal_size getcwd getcwdb getegid geteuid getgid getgrouplist getgroups getloadavg
        getlogin getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getsid getuid
        getxattr isatty listdir listxattr readlink lseek lstat major makedev minor pathconf scandir
        sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getparam sched_getscheduler
        sched_rr_get_interval stat statvfs sysconf times ttyname umask uname urandom waitstatus_to_exitcode
        WCOREDUMP WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WSTOPSIG WTERMSIG eventfd_read
        tcgetpgrp wait wait3 wait4 waitid waitpid cpu_count""",
}

NATIVE: dict[str, Native] = {
    "builtins": Native(
        "",
        {
            "exec": "eval exec execfile",
            "code": "compile",
            "import": "__import__ reload",
            "file": "open file",
            "attribute": "getattr globals locals vars dir __build_class__ __loader__ __spec__ super apply",
            "state": "setattr delattr breakpoint input raw_input exit quit help copyright credits license intern",
            "call": "map filter classmethod staticmethod property iter reduce",
            "output": "print",
        },
        "execfile file reload raw_input exit quit help copyright credits license apply reduce intern super property",
    ),
    "posix": Native("state", _POSIX, "chflags lchflags lchmod posix_spawnp pidfd_open"),
    "nt": Native(
        "state",
        {**_POSIX, "native": "add_dll_directory _add_dll_directory"},
        """system popen startfile execv execve spawnv spawnve abort kill open read write remove unlink rename replace rmdir
        mkdir link symlink readlink listdir scandir stat lstat chdir getcwd chmod truncate ftruncate pipe putenv
        unsetenv _exit access utime urandom dup dup2 close closerange add_dll_directory _add_dll_directory
        _remove_dll_directory _getfullpathname _getfinalpathname _path_splitroot _getdiskusage get_handle_inheritable
        set_handle_inheritable getlogin getpid getppid waitpid umask times fsync lseek fstat isatty""",
    ),
    "_io": Native(
        "file",
        {
            "": """BytesIO StringIO TextIOBase RawIOBase BufferedIOBase IncrementalNewlineDecoder UnsupportedOperation
        BlockingIOError DEFAULT_BUFFER_SIZE text_encoding _IOBase _RawIOBase _BufferedIOBase _TextIOBase
        BufferedReader BufferedWriter BufferedRandom BufferedRWPair TextIOWrapper""",
            "file": "open open_code FileIO",
        },
    ),
    "_socket": Native(
        "network",
        {
            "": "error gaierror herror timeout",
            "look": """gethostname htonl htons inet_aton inet_ntoa
        inet_ntop inet_pton ntohl ntohs CMSG_LEN CMSG_SPACE getdefaulttimeout has_ipv6 if_indextoname if_nameindex
        if_nametoindex getprotobyname getservbyname getservbyport""",
        },
    ),
    "_ssl": Native(
        "network", {"": "SSLError SSLZeroReturnError SSLWantReadError SSLWantWriteError Certificate"}
    ),
    "_posixsubprocess": Native("process"),
    "_winapi": Native(
        "process",
        {},
        "CreateProcess CreateFile CreateJunction TerminateProcess ShellExecute OpenProcess ExitProcess",
    ),
    "msvcrt": Native("state", {}, "getch kbhit putch locking open_osfhandle get_osfhandle setmode"),
    "winreg": Native(
        "state",
        {},
        "CreateKey CreateKeyEx ConnectRegistry DeleteKey DeleteValue LoadKey OpenKey SaveKey SetValue SetValueEx",
    ),
    "marshal": Native("code", {"": "dumps", "file": "dump"}),
    "_pickle": Native(
        "unpickle",
        {"": "PickleError PicklingError UnpicklingError PickleBuffer dumps", "file": "dump Pickler"},
    ),
    "_ctypes": Native("native", {"": "ArgumentError"}, "dlopen dlsym call_function LoadLibrary"),
    "_ctypes_test": Native("native"),
    "_cffi_backend": Native("native", {}, "FFI load_library dlopen load_function callback cast"),
    "mmap": Native("file", {"": "error"}),
    "_signal": Native("state", {"look": "strsignal valid_signals getsignal getitimer sigpending"}),
    "resource": Native("state", {"": "error struct_rusage", "look": "getrlimit getrusage getpagesize"}),
    "fcntl": Native("file"),
    "termios": Native("state", {"": "error"}),
    "select": Native("network", {"": "error"}),
    "_thread": Native(
        "state",
        {
            "": "error LockType RLock allocate allocate_lock get_ident get_native_id",
            "call": "start_new start_new_thread",
        },
    ),
    "_imp": Native("import", {"native": "create_dynamic exec_dynamic"}),
    "imp": Native(
        "import",
        {"native": "load_dynamic"},
        "load_dynamic load_source load_compiled load_module load_package find_module reload init_builtin create_dynamic",
    ),
    "sys": Native(
        "state",
        {
            "": "getsizeof getrefcount intern is_finalizing exc_info getdefaultencoding getfilesystemencoding maxsize version_info",
            "attribute": "_getframe _current_frames _current_exceptions _getframemodulename modules meta_path path_hooks path_importer_cache getprofile gettrace __dict__",
            "call": "settrace setprofile set_asyncgen_hooks addaudithook displayhook excepthook unraisablehook breakpointhook call_tracing",
        },
    ),
    "gc": Native("attribute", {"state": "enable disable collect set_debug set_threshold freeze unfreeze"}),
    "faulthandler": Native("state"),
    "atexit": Native("call"),
    "_operator": Native(
        "", {"attribute": "attrgetter methodcaller", "call": "call", "state": "setitem delitem"}
    ),
    "_functools": Native("", {"call": "reduce partial cmp_to_key _lru_cache_wrapper"}),
    "itertools": Native(
        "",
        {"call": "starmap accumulate filterfalse takewhile dropwhile groupby imap ifilter"},
        "imap ifilter",
    ),
    "_codecs": Native("", {"import": "lookup register", "call": "register_error"}),
    "_sqlite3": Native(
        "file",
        {
            "": "Error DatabaseError Warning InterfaceError DataError IntegrityError InternalError NotSupportedError OperationalError ProgrammingError Row"
        },
    ),
    "_dbm": Native("file", {"": "error"}),
    "_gdbm": Native("file", {"": "error"}),
    "_curses": Native("state", {"": "error"}),
    "_curses_panel": Native("state"),
    "_tkinter": Native("process", {"": "TclError"}, "create Tcl_Obj TkappType"),
    "readline": Native("file"),
    "syslog": Native("state"),
    "nis": Native("network"),
    "ossaudiodev": Native("file"),
    "pwd": Native("look"),
    "grp": Native("look"),
    "spwd": Native("look", {}, "getspnam getspall"),
    "crypt": Native(""),
    "_xxsubinterpreters": Native("exec"),
    "_interpreters": Native("exec", {}, "run_string exec run_func call create"),
    "_testcapi": Native("code"),
    "_testinternalcapi": Native("code"),
    "_testclinic": Native("state"),
    "_xxtestfuzz": Native("state"),
    "_asyncio": Native("call", {"": "Future CancelledError"}),
    "_multiprocessing": Native("state"),
    "_posixshmem": Native("file"),
    "_overlapped": Native("network", {}, "WSAConnect ConnectPipe Overlapped CreateEvent"),
    "_tracemalloc": Native("state"),
    "_symtable": Native("code", {}),
    "_lsprof": Native("state"),
    "_weakref": Native("call", {"": "getweakrefcount getweakrefs ref proxy"}),
    "_elementtree": Native("", {"call": "XMLParser TreeBuilder"}),
    "pyexpat": Native("", {}),
    "time": Native("", {"state": "sleep clock_settime clock_settime_ns tzset pthread_getcpuclockid"}),
    "_collections_abc": Native(""),
    "_collections": Native(""),
    "_warnings": Native(""),
    "_locale": Native(
        "", {"file": "bindtextdomain", "state": "setlocale textdomain bind_textdomain_codeset"}
    ),
    "_typing": Native(""),
    "_zoneinfo": Native("look"),
    "_uuid": Native(""),
    "_contextvars": Native(""),
    "xxsubtype": Native("state"),
    "xxlimited": Native("state"),
    "xxlimited_35": Native("state"),
}
for _name in [
    "_abc",
    "_ast",
    "_bisect",
    "_blake2",
    "_bz2",
    "_codecs_cn",
    "_codecs_hk",
    "_codecs_iso2022",
    "_codecs_jp",
    "_codecs_kr",
    "_codecs_tw",
    "_crypt",
    "_csv",
    "_datetime",
    "_decimal",
    "_hashlib",
    "_heapq",
    "_json",
    "_lzma",
    "_md5",
    "_multibytecodec",
    "_opcode",
    "_queue",
    "_random",
    "_sha1",
    "_sha256",
    "_sha2",
    "_sha3",
    "_sha512",
    "_sre",
    "_stat",
    "_statistics",
    "_string",
    "_struct",
    "_tokenize",
    "array",
    "audioop",
    "binascii",
    "cmath",
    "errno",
    "math",
    "unicodedata",
    "zlib",
]:
    NATIVE[_name] = Native("")

THIRD = {
    "exec": """IPython.core.interactiveshell.InteractiveShell torch._C._jit_try_infer_type cython.inline pyximport.install
        execnet.makegateway""",
    "native": "torch._C._load_library tensorflow.load_library tensorflow.load_op_library _cffi_backend.load_library",
    "unpickle": "torch._C.import_ir_module torch._C.import_ir_module_from_buffer torch._C.PyTorchFileReader",
    "file": """torch._C.PyTorchFileWriter pyarrow.memory_map pyarrow.OSFile pyarrow.input_stream pyarrow.output_stream
        lxml.etree.parse h5py.h5f.open h5py.h5f.create tensorflow.io.read_file tensorflow.io.write_file
        tensorflow.io.gfile.GFile""",
    "network": "pycurl.Curl zmq.Context psycopg2.connect pymysql.connect redis.Redis",
}
"""Compiled functions of packages, and such as may not be walked: what reaches them is dangerous."""


def _names(module: str, native: Native) -> tuple[str, ...]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some are about to leave the standard library
            names = set(dir(importlib.import_module(module)))
    except ImportError:
        names = set()
    for words in native.named.values():
        names |= set(words.split())
    return tuple(sorted(names | set(native.extra.split())))


def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    names: dict[str, tuple[str, ...]] = {}
    categories: dict[str, str] = {}
    for module, native in NATIVE.items():
        names[module] = _names(module, native)
        named = {name: category for category, words in native.named.items() for name in words.split()}
        for name in names[module]:
            plain = name.startswith("__") and name.endswith("__") and name not in named
            if plain or (name.isupper() and name not in named):
                continue
            category = named.get(name, native.rest)
            if category:
                categories[f"{module}.{name}"] = category
    for category, words in (*THIRD.items(), *REVIEWED.items()):
        for name in words.split():
            categories.setdefault(name, category)
    for name, category in PACKAGE_NAMES.items():
        categories.setdefault(name, category)
    return names, categories


NATIVE_NAMES, NATIVE_CATEGORIES = _tables()
"""The names of every compiled module, and the category of each dangerous one by its dotted name."""
