"""Names whose tier was settled by reading the packages, by module."""

# ruff: noqa: E501 - a table of names

DANGEROUS = """
os system popen execl execle execlp execlpe execv execve execvp execvpe spawnl spawnle spawnlp spawnv spawnve spawnvp fork forkpty kill remove unlink rmdir removedirs rename renames replace mkdir makedirs symlink link chmod chown open fdopen putenv unsetenv chdir _exit abort listdir posix_spawn truncate write startfile environ sys.modules path.os.system
posix system popen execv execve fork posix_spawn remove unlink rename rmdir mkdir open kill _exit putenv chmod symlink
nt system startfile execv spawnv remove unlink rename
subprocess Popen run call check_call check_output getoutput getstatusoutput os.system
pty spawn fork os.system
commands getoutput getstatusoutput
popen2 popen2 Popen3
builtins eval exec compile __import__ open getattr setattr delattr globals locals vars map filter input breakpoint print apply execfile reload file raw_input
__builtin__ eval execfile compile apply getattr file input map reduce __import__ open
runpy run_path run_module _run_code
code interact InteractiveConsole InteractiveInterpreter InteractiveInterpreter.runcode
codeop compile_command
timeit timeit repeat Timer main
cProfile run runctx Profile Profile.run
profile run runctx Profile.runctx
pdb run runeval runctx Pdb
bdb Bdb Bdb.run Bdb.runeval
trace Trace Trace.run Trace.runctx
doctest debug_script testfile DocTestRunner.run testsource
ensurepip bootstrap _run_pip
venv create EnvBuilder
idlelib.pyshell ModifiedInterpreter.runcode
idlelib.run Executive
idlelib.autocomplete AutoComplete.get_entity
distutils.spawn spawn
distutils.core run_setup
distutils.file_util write_file
lib2to3.pgen2.grammar Grammar.loads
lib2to3.pgen2.pgen ParserGenerator
imaplib IMAP4 IMAP4_SSL IMAP4_stream
smtplib SMTP SMTP_SSL
ftplib FTP FTP_TLS
poplib POP3
telnetlib Telnet
nntplib NNTP
http.client HTTPConnection HTTPSConnection
httplib HTTPConnection
http.server HTTPServer test
urllib.request urlopen urlretrieve build_opener install_opener URLopener
urllib2 urlopen
urllib urlopen urlretrieve
xmlrpc.client ServerProxy
xmlrpc.server SimpleXMLRPCServer
asyncio create_subprocess_exec create_subprocess_shell open_connection run subprocess.create_subprocess_shell
asyncio.unix_events _UnixSubprocessTransport._start
socket socket create_connection socketpair create_server
_socket socket
ssl wrap_socket SSLContext get_server_certificate
sqlite3 connect
webbrowser open open_new get register
antigravity webbrowser
zipimport zipimporter
pkgutil resolve_name get_data get_loader
pydoc locate pipepager safeimport importfile tempfilepager
importlib import_module __import__ reload
importlib.util spec_from_file_location module_from_spec
importlib.machinery SourceFileLoader ExtensionFileLoader
importlib._bootstrap _gcd_import _load
imp load_source load_dynamic
ctypes CDLL PyDLL cdll.LoadLibrary string_at memmove CFUNCTYPE
ctypes.util find_library
_ctypes dlopen
operator attrgetter methodcaller
_operator attrgetter methodcaller
functools partial reduce
_functools partial reduce
itertools starmap
types CodeType FunctionType LambdaType MethodType ModuleType
marshal loads load
pickle loads load Unpickler _Unpickler
cPickle loads
_pickle loads Unpickler
shelve open DbfilenameShelf
dbm open
dbm.dumb open
tempfile NamedTemporaryFile mkstemp TemporaryDirectory _TemporaryFileCloser mktemp
shutil rmtree copyfile copy move make_archive unpack_archive chown
zipfile ZipFile PyZipFile
tarfile open TarFile
gzip open GzipFile
bz2 open BZ2File
lzma open
fileinput input FileInput
io open FileIO open_code
_io open FileIO
_pyio open FileIO
codecs open
pathlib Path.write_text Path.unlink Path.open Path.read_bytes Path.rmdir PosixPath.write_text
logging FileHandler basicConfig os.system
logging.config fileConfig dictConfig listen
logging.handlers RotatingFileHandler SocketHandler SMTPHandler
multiprocessing Process Pool
multiprocessing.util spawnv_passfds Finalize
multiprocessing.connection Client Listener
multiprocessing.reduction ForkingPickler.loads
multiprocessing.managers BaseManager SyncManager
concurrent.futures ProcessPoolExecutor ThreadPoolExecutor
concurrent.futures.thread _WorkItem
sched scheduler
threading Thread Timer _os.system
_thread start_new_thread
signal signal alarm
atexit register
site addsitedir main
sysconfig _init_posix
tkinter Tcl Tk
turtle config_dict
unittest main TestLoader
unittest.mock _importer
test.support script_helper
weakref finalize
sys exit settrace modules setprofile _getframe
gc get_objects get_referrers
inspect currentframe getmembers
collections _sys.modules abc.sys.modules
random _os.system
platform popen
mailcap findmatch
py_compile compile
compileall compile_dir
zipapp create_archive
xml.etree.ElementTree parse
xml.dom.minidom parse
xml.sax make_parser
configparser RawConfigParser.read
netrc netrc
modulefinder ModuleFinder.run_script
rlcompleter Completer
mmap mmap
fcntl ioctl
resource setrlimit
readline write_history_file
time sleep
dataclasses _create_fn
uuid _get_command_stdout
numpy load fromfile memmap save savez loadtxt genfromtxt savetxt fromregex vectorize apply_along_axis os.system testing.os f2py ctypeslib.load_library
numpy.testing._private.utils runstring rundocs measure
numpy.f2py compile run_main
numpy.f2py.crackfortran myeval
numpy.lib.npyio load NpzFile
numpy.lib.format read_array open_memmap
numpy.ctypeslib load_library
numpy.distutils.exec_command exec_command
numpy.core _ufunc_reconstruct
torch load save hub.load hub os.system
torch.hub load load_state_dict_from_url download_url_to_file _load_local
torch.serialization load save _legacy_load _load
torch.storage _load_from_bytes
torch.jit load
torch.jit.unsupported_tensor_ops execWrapper
torch.utils.cpp_extension load load_inline
torch.utils.collect_env run
torch.utils.model_zoo load_url
torch.package PackageImporter
torch.fx.graph_module _exec_with_source reduce_graph_module _forward_from_src
torch._inductor.codecache PyCodeCache
torch._dynamo.guards GuardBuilder.get
torch.distributed init_process_group
torch.distributed.distributed_c10d _tensor_to_object
torch.distributed.rpc init_rpc
torch._ops _Ops.load_library
torch.multiprocessing spawn
torch.multiprocessing.spawn spawn
torch.ao.quantization torch.os
torch.utils torch.os.system
torch._utils torch.os.system
functorch.compile os
pandas read_pickle eval read_csv read_parquet read_hdf read_json read_html read_excel
pandas.io.pickle read_pickle
pandas.io.common get_handle
pandas.core.frame DataFrame.query DataFrame.eval
pandas.compat.pickle_compat load
joblib load Parallel os
joblib.numpy_pickle load NumpyUnpickler
scipy.io loadmat savemat
scipy.sparse load_npz
sklearn.externals.joblib load
transformers pipeline
huggingface_hub hf_hub_download snapshot_download HfApi
cloudpickle loads load
cloudpickle.cloudpickle _make_function _builtin_type subimport _make_cell _function_setstate
cloudpickle.cloudpickle_fast _make_function
dill loads load load_session
dill._dill _create_code _create_function _import_module _eval_repr _get_attr loads _load_type
yaml load unsafe_load full_load
hydra.utils instantiate call get_method
hydra._internal.utils _locate
IPython embed start_ipython
IPython.utils.process system
pip main
pip._internal main
setuptools setup
setuptools.sandbox run_setup
pkg_resources load_entry_point run_script
requests get post Session
requests.api get
urllib3 PoolManager request
httpx get Client
aiohttp ClientSession
boto3 client
paramiko SSHClient ProxyCommand
cffi FFI
sympy sympify parse_expr
numexpr evaluate
jsonpickle decode
keras.models load_model
fsspec open
PIL.Image open
nltk download
nltk.data load
""".strip()
"""A line is a module and names that must be dangerous."""

CATEGORIES = """
os.system process
posix.system process
nt.system process
subprocess.Popen process
builtins.eval exec
builtins.exec exec
builtins.__import__ import
builtins.getattr attribute
builtins.open file
runpy.run_path exec
timeit.timeit exec
cProfile.run exec
pickle.loads unpickle
marshal.loads code
types.CodeType code
ctypes.CDLL native
socket.create_connection network
socket.socket network
urllib.request.urlopen network
shutil.rmtree file
importlib.import_module import
logging:os module
logging:os.system process
torch.hub:load unpickle
torch:_utils.torch.os.system process
numpy:load unpickle
numpy.testing._private.utils.runstring exec
multiprocessing.util.spawnv_passfds process
webbrowser.open process
operator.attrgetter attribute
functools.partial call
random:_os.system process
collections:_sys.modules attribute
""".strip()
"""A name (a colon where the module ends, if that is not the last dot) and its category."""

KNOWN = """
builtins object set frozenset bytearray complex list dict tuple int float bool str bytes slice range type Exception ValueError
__builtin__ object set unicode long
copyreg _reconstructor __newobj__
copy_reg _reconstructor
_codecs encode
collections OrderedDict defaultdict Counter deque
datetime datetime date time timedelta timezone
decimal Decimal
fractions Fraction
uuid UUID
pathlib PosixPath WindowsPath PurePosixPath Path
array array _array_reconstructor
random Random
types SimpleNamespace
enum Enum IntEnum
re _compile
ipaddress IPv4Address
zoneinfo ZoneInfo._unpickle
logging getLogger
inspect _ParameterKind
signal Signals
operator itemgetter
numpy dtype ndarray float32 float64 int64 bool_
numpy.core.multiarray _reconstruct scalar
numpy._core.multiarray _reconstruct scalar
numpy.core.numeric _frombuffer
numpy._core.numeric _frombuffer
numpy.ma.core _mareconstruct MaskedArray
numpy.random._pickle __randomstate_ctor __generator_ctor __bit_generator_ctor
numpy.random._mt19937 MT19937
numpy.random._pcg64 PCG64
numpy.dtypes Float64DType Int64DType
torch FloatStorage HalfStorage BFloat16Storage LongStorage ByteStorage BoolStorage Size device float32 bfloat16 Tensor
torch._utils _rebuild_tensor _rebuild_tensor_v2 _rebuild_parameter _rebuild_qtensor _rebuild_sparse_tensor
torch._tensor _rebuild_from_type_v2
torch.nn.parameter Parameter
torch.storage UntypedStorage TypedStorage
torch.cuda FloatStorage HalfStorage
torch.nn.modules.linear Linear Identity
torch.nn.modules.conv Conv2d
torch.nn.modules.activation ReLU GELU MultiheadAttention
torch.nn.modules.container Sequential ModuleList ModuleDict
torch.nn.modules.normalization LayerNorm
torch.nn.modules.batchnorm BatchNorm2d
torch.nn.modules.rnn LSTM GRU
torch.nn.modules.loss CrossEntropyLoss MSELoss
torch.nn.modules.transformer TransformerEncoderLayer
torch.optim.adam Adam
torch.optim.adamw AdamW
torch.optim.sgd SGD
torch.optim.lr_scheduler StepLR CosineAnnealingLR LambdaLR
scipy.sparse._csr csr_matrix csr_array
scipy.sparse.csr csr_matrix
scipy.sparse._csc csc_matrix
pandas.core.frame DataFrame
pandas.core.series Series
pandas.core.internals.managers BlockManager SingleBlockManager
pandas.core.indexes.base Index _new_Index
pandas.core.indexes.range RangeIndex
pandas._libs.internals _unpickle_block
pandas._libs.tslibs.timestamps _unpickle_timestamp
pandas._libs.arrays __pyx_unpickle_NDArrayBacked
pandas.core.dtypes.dtypes CategoricalDtype
joblib.numpy_pickle NumpyArrayWrapper
joblib.numpy_pickle_compat NDArrayWrapper
sklearn.ensemble._forest RandomForestClassifier RandomForestRegressor ExtraTreesClassifier
sklearn.ensemble.forest RandomForestClassifier
sklearn.ensemble._gb GradientBoostingClassifier
sklearn.ensemble._hist_gradient_boosting.gradient_boosting HistGradientBoostingClassifier
sklearn.tree._classes DecisionTreeClassifier DecisionTreeRegressor
sklearn.tree._tree Tree
sklearn.tree.tree DecisionTreeClassifier
sklearn.linear_model._logistic LogisticRegression
sklearn.linear_model.logistic LogisticRegression
sklearn.linear_model._base LinearRegression
sklearn.linear_model._stochastic_gradient SGDClassifier
sklearn.svm._classes SVC LinearSVC
sklearn.pipeline Pipeline FeatureUnion
sklearn.compose._column_transformer ColumnTransformer
sklearn.preprocessing._data StandardScaler MinMaxScaler
sklearn.preprocessing._encoders OneHotEncoder
sklearn.preprocessing._label LabelEncoder
sklearn.feature_extraction.text TfidfVectorizer CountVectorizer TfidfTransformer
sklearn.cluster._kmeans KMeans
sklearn.decomposition._pca PCA
sklearn.neighbors._classification KNeighborsClassifier
sklearn.neural_network._multilayer_perceptron MLPClassifier
sklearn.model_selection._search GridSearchCV
sklearn.naive_bayes GaussianNB MultinomialNB
sklearn.impute._base SimpleImputer
sklearn.utils._bunch Bunch
xgboost.core Booster
xgboost.sklearn XGBClassifier XGBRegressor
lightgbm.basic Booster
lightgbm.sklearn LGBMClassifier
catboost.core CatBoostClassifier
transformers.training_args TrainingArguments
transformers.trainer_utils IntervalStrategy SchedulerType HubStrategy
transformers.models.bert.configuration_bert BertConfig
transformers.models.bert.modeling_bert BertModel
tokenizers Tokenizer AddedToken
omegaconf.dictconfig DictConfig
omegaconf.listconfig ListConfig
omegaconf.base ContainerMetadata Metadata
omegaconf.nodes AnyNode
PIL.Image Image
""".strip()
"""A line is a module and names that must be known."""


def pairs(rows: str) -> list[tuple[str, str]]:
    """The (module, name) of every line."""
    return [
        (module, name) for line in rows.splitlines() for module, *names in [line.split()] for name in names
    ]
