"""What Python code of a model may call, and how bad that is: when it is imported, and when it is used.

The table holds what reaches a process, an interpreter, an unpickler, another machine or native code. The
code of a model computes: it needs none of these while it is imported, and few of them later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act: in words, and its severity at import and in use (``None``: nothing to say)."""

    says: str
    on_import: str | None
    in_use: str | None
    as_value: bool = False
    """Whether handing it over without calling it counts."""


PROCESS = Kind("starts a process", "high", "high", as_value=True)
EXEC = Kind("runs text as code", "high", "high", as_value=True)
EVAL = Kind("runs text as code", "high", "medium", as_value=True)
COMPILE = Kind("compiles text as code", "medium", "low")
BYTECODE = Kind("loads byte code", "high", "high", as_value=True)
UNPICKLE = Kind("unpickles", "high", "low")
NETWORK = Kind("asks another machine", "high", "low")
SEND = Kind("sends to another machine", "high", "medium")
NATIVE = Kind("loads native code", "high", "low")
BUILD = Kind("compiles and loads native code", "high", "low")
SOURCE = Kind("loads code from elsewhere", "medium", "low")
REMOVE = Kind("removes files", "high", None)
WRITE = Kind("writes a file", "medium", None)
INSTALL = Kind("installs packages", "high", "high")
HIJACK = Kind("redirects a stream of the process", "high", "medium")
METHOD = Kind("calls a method of a name that starts processes or loads code", "high", "low")
UNTOLD = Kind("calls what cannot be told from the code", "high", "high")

_PROCESS = """
os.system os.popen os.popen2 os.popen3 os.popen4 os.startfile os.execl os.execle os.execlp os.execlpe
os.execv os.execve os.execvp os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve
os.spawnvp os.spawnvpe os.posix_spawn os.posix_spawnp posix.system posix.popen posix.execv posix.execve
posix.posix_spawn posix.posix_spawnp nt.system nt.execv nt.execve nt.spawnv nt.startfile pty.spawn
subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen
subprocess.getoutput subprocess.getstatusoutput _posixsubprocess.fork_exec
asyncio.create_subprocess_exec asyncio.create_subprocess_shell asyncio.subprocess.create_subprocess_exec
asyncio.subprocess.create_subprocess_shell commands.getoutput commands.getstatusoutput platform.popen
popen2.popen2 pexpect.spawn pexpect.run pexpect.popen_spawn.PopenSpawn distutils.spawn.spawn
pydoc.pipepager pydoc.tempfilepager webbrowser.get sh.bash sh.sh plumbum.local invoke.run
fabric.Connection numpy.distutils.exec_command.exec_command
torch._inductor.codecache.run_command_and_check
"""
_EXEC = """
builtins.exec code.interact code.InteractiveInterpreter code.InteractiveConsole runpy.run_path
runpy.run_module runpy._run_code runpy._run_module_code timeit.timeit timeit.repeat timeit.main
timeit.Timer cProfile.run cProfile.runctx profile.run profile.runctx pdb.run pdb.runeval bdb.Bdb.run
trace.Trace.run trace.Trace.runctx idlelib.pyshell.ModifiedInterpreter.runcode site.addpackage
builtins.execfile torch._dynamo.guards.GuardBuilder.get lib2to3.pgen2.pgen.ParserGenerator.make_label
"""
_EVAL = "types.FunctionType builtins.eval pdb.runcall pandas.eval numexpr.evaluate"
_BYTECODE = """
marshal.loads marshal.load types.CodeType importlib._bootstrap_external.SourcelessFileLoader
importlib.machinery.SourcelessFileLoader imp.load_compiled
"""
_UNPICKLE = """
pickle.load pickle.loads pickle.Unpickler _pickle.load _pickle.loads _pickle.Unpickler cPickle.load
cPickle.loads dill.load dill.loads cloudpickle.load cloudpickle.loads joblib.load shelve.open
jsonpickle.decode jsonpickle.loads pandas.read_pickle torch.load sklearn.externals.joblib.load
hickle.load compress_pickle.load yaml.unsafe_load yaml.full_load yaml.UnsafeLoader
"""
_NETWORK = """
urllib.request.urlopen urllib.request.urlretrieve urllib.request.Request urllib.request.build_opener
urllib.urlopen urllib2.urlopen requests.get requests.head requests.options requests.Session
requests.session httpx.get httpx.stream httpx.Client httpx.AsyncClient aiohttp.ClientSession
http.client.HTTPConnection http.client.HTTPSConnection httplib.HTTPConnection socket.socket
socket.create_connection socket.create_server socket.getaddrinfo socket.gethostbyname
socketserver.TCPServer http.server.HTTPServer xmlrpc.client.ServerProxy xmlrpc.server.SimpleXMLRPCServer
websocket.create_connection websockets.connect urllib3.PoolManager urllib3.request pycurl.Curl
wget.download dns.resolver.query dns.resolver.resolve asyncio.open_connection asyncio.start_server
multiprocessing.managers.BaseManager multiprocessing.connection.Client
multiprocessing.connection.Listener webbrowser.open
"""
_SEND = """
requests.post requests.put requests.patch requests.request httpx.post httpx.put httpx.request
smtplib.SMTP smtplib.SMTP_SSL ftplib.FTP ftplib.FTP_TLS paramiko.SSHClient paramiko.Transport
telnetlib.Telnet poplib.POP3 imaplib.IMAP4 nntplib.NNTP boto3.client boto3.resource
"""
_NATIVE = """
ctypes.CDLL ctypes.PyDLL ctypes.WinDLL ctypes.OleDLL ctypes.cdll.LoadLibrary ctypes.windll.LoadLibrary
ctypes.cdll ctypes.windll ctypes.oledll ctypes.pythonapi ctypes.LibraryLoader ctypes.CFUNCTYPE
cffi.FFI.dlopen _ctypes.dlopen torch.ops.load_library torch.classes.load_library torch.ops.import_module
importlib.machinery.ExtensionFileLoader imp.load_dynamic _imp.create_dynamic tensorflow.load_op_library
tensorflow.load_library numpy.ctypeslib.load_library mmap.mmap
"""
_BUILD = "torch.utils.cpp_extension.load torch.utils.cpp_extension.load_inline cffi.verify pyximport.install"
_SOURCE = """
importlib.machinery.SourceFileLoader importlib.util.spec_from_file_location imp.load_source
imp.load_module importlib.util.spec_from_loader zipimport.zipimporter torch.hub.load
torch.hub.load_state_dict_from_url importlib.reload pkgutil.get_loader
"""
_REMOVE = "shutil.rmtree os.remove os.unlink os.rmdir os.removedirs shutil.move"
_INSTALL = (
    "pip.main pip._internal.main pip._internal.cli.main.main ensurepip.bootstrap setuptools.sandbox.run_setup"
)
_HIJACK = "os.dup2 os.fork pty.fork os.openpty"

ACTS: Mapping[str, Kind] = MappingProxyType(
    {
        name: kind
        for kind, names in (
            (PROCESS, _PROCESS),
            (EXEC, _EXEC),
            (EVAL, _EVAL),
            (COMPILE, "builtins.compile"),
            (BYTECODE, _BYTECODE),
            (UNPICKLE, _UNPICKLE),
            (NETWORK, _NETWORK),
            (SEND, _SEND),
            (NATIVE, _NATIVE),
            (BUILD, _BUILD),
            (SOURCE, _SOURCE),
            (REMOVE, _REMOVE),
            (INSTALL, _INSTALL),
            (HIJACK, _HIJACK),
        )
        for name in names.split()
    }
)
"""Dotted names, as they are defined or usually imported, and what a call of them does."""

DOORS = frozenset(
    {name.rpartition(".")[0] for name, kind in ACTS.items() if kind.as_value} | {"socket", "sys", "pickle"}
)
"""Modules out of which nothing may be taken by a name that the code puts together."""

_BUILTINS_TEXT = "exec eval compile __import__ open getattr vars globals locals breakpoint execfile chr bytes"
BUILTINS = frozenset(
    {*_BUILTINS_TEXT.split(), "map", "bytearray", "dict", "str", "repr", "isinstance", "issubclass"}
)
"""Built-in functions that the code may name without an import, as far as they matter here."""

METHODS = frozenset({"system", "popen", "Popen", "check_output", "execve", "load_module"})
"""Of an object that is not known."""

FETCHES = frozenset(name for name, kind in ACTS.items() if kind in (NETWORK, SEND))
_DECODERS_TEXT = """
base64.b64decode base64.b32decode base64.b16decode base64.b85decode base64.a85decode base64.decodebytes
base64.urlsafe_b64decode base64.standard_b64decode binascii.unhexlify binascii.a2b_base64
binascii.a2b_hex bytes.fromhex bytearray.fromhex codecs.decode zlib.decompress gzip.decompress
bz2.decompress lzma.decompress marshal.loads cryptography.fernet.Fernet
"""
DECODERS = frozenset(_DECODERS_TEXT.split())
"""What turns unreadable text into something else: in front of an interpreter it hides what runs."""
_COLLECTORS_TEXT = """
getpass.getuser platform.node platform.uname os.getlogin os.uname socket.gethostname os.listdir os.walk
"""
COLLECTORS = frozenset(_COLLECTORS_TEXT.split())
"""What tells something about the machine."""


def act_of(path: str) -> tuple[str, Kind] | None:
    """What a dotted name does, and its own name.

    Libraries import ``os``, too, so ``numpy.os.system`` is ``os.system``.
    """
    if path in ACTS:
        return path, ACTS[path]
    parts = path.split(".")
    ends = (".".join(parts[index:]) for index in range(1, len(parts) - 1))
    return next(((end, ACTS[end]) for end in ends if end in ACTS and end.partition(".")[0] in DOORS), None)
