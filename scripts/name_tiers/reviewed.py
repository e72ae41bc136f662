"""What the walk cannot see, reviewed by hand: flows through containers, attributes and tables of functions."""

# ruff: noqa: E501 - a table of names

REVIEWED: dict[str, str] = {
    "exec": """cProfile.run cProfile.runctx cProfile.Profile.run cProfile.Profile.runctx profile.run profile.runctx
        profile.Profile.run profile.Profile.runctx profile._Utils.run profile._Utils.runctx
        pdb.run pdb.runeval pdb.runctx pdb.runcall pdb.Pdb pdb.main bdb.Bdb.run bdb.Bdb.runeval bdb.Bdb.runctx
        trace.Trace.run trace.Trace.runctx trace.main
        code.interact code.InteractiveConsole.push code.InteractiveConsole.interact
        doctest.debug_src doctest.debug_script doctest.debug doctest.testfile doctest.run_docstring_examples
        doctest.DocTestRunner.run doctest.DebugRunner.run
        runpy.run_module runpy.run_path runpy._run_code runpy._run_module_as_main
        idlelib.pyshell.ModifiedInterpreter.runcode idlelib.run.Executive.runcode idlelib.autocomplete.AutoComplete.get_entity
        idlelib.calltip.get_entity idlelib.calltip.Calltip.fetch_tip idlelib.debugobj.ObjectTreeItem.SetText
        idlelib.run.Executive.get_the_calltip idlelib.run.Executive.get_the_completion_list
        rlcompleter.Completer.attr_matches rlcompleter.Completer.complete
        lib2to3.pgen2.grammar.Grammar.loads
        tkinter.Tcl tkinter.Tk.eval tkinter.Misc.eval tkinter.Tk.readprofile
        turtle.config_dict turtle.readconfig
        numpy.testing.rundocs numpy.testing.runstring numpy.testing._private.utils.runstring
        numpy.testing._private.utils.measure numpy.testing.measure numpy.f2py.crackfortran.myeval
        numpy.f2py.crackfortran.getlincoef numpy.f2py.capi_maps.getinit numpy.f2py.auxfuncs.getuseblocks
        numexpr.evaluate numexpr.necompiler.evaluate sympy.sympify sympy.core.sympify.sympify
        sympy.parsing.sympy_parser.eval_expr sympy.parsing.sympy_parser.parse_expr sympy.S sympy.parse_expr
        sympy.utilities.lambdify.lambdify sympy.lambdify
        torch._dynamo.guards.GuardBuilder.get torch.fx.graph_module._exec_with_source
        torch.fx.graph_module.reduce_graph_module torch.fx.graph_module.reduce_package_graph_module
        torch.fx.graph_module._forward_from_src torch.fx.graph_module._method_from_src
        torch.fx.graph_module._deserialize_graph_module torch.fx.graph_module.reduce_deploy_graph_module
        torch.distributed.rpc.internal._InternalRPCPickler.deserialize torch.utils._config_module.ConfigModule.load_config
        torch.jit.unsupported_tensor_ops.execWrapper torch._inductor.codecache.PyCodeCache.load
        torch.utils.bottleneck.__main__.run_cprofile torch.utils.bottleneck.__main__.run_autograd_prof
        torch.utils.data.datapipes.utils.decoder.basichandlers
        IPython.embed IPython.start_ipython IPython.core.interactiveshell.InteractiveShell.run_cell
        IPython.core.interactiveshell.InteractiveShell.ex IPython.core.interactiveshell.InteractiveShell.ev
        cffi.verifier.Verifier.load_library cloudpickle.cloudpickle._make_function dill._dill._create_code
        dill._dill._create_function cloudpickle.cloudpickle._make_skeleton_class
        jinja2.Template jinja2.environment.Template jinja2.Environment.from_string jinja2.environment.Environment.from_string
        pandas.eval pandas.core.computation.eval.eval pandas.core.frame.DataFrame.eval pandas.core.frame.DataFrame.query
        pandas.DataFrame.query pandas.DataFrame.eval
        test.support.script_helper.run_python_until_end""",
    "process": """webbrowser.open webbrowser.open_new webbrowser.open_new_tab webbrowser.get webbrowser.register
        webbrowser.BackgroundBrowser webbrowser.GenericBrowser webbrowser.GenericBrowser.open
        webbrowser.UnixBrowser._invoke webbrowser.UnixBrowser.open webbrowser.BackgroundBrowser.open
        platform.popen platform._syscmd_ver platform._syscmd_file pty.spawn pty.fork
        asyncio.create_subprocess_exec asyncio.create_subprocess_shell asyncio.subprocess.create_subprocess_exec
        asyncio.subprocess.create_subprocess_shell asyncio.base_events.BaseEventLoop.subprocess_exec
        asyncio.base_events.BaseEventLoop.subprocess_shell asyncio.unix_events._UnixSubprocessTransport._start
        subprocess.Popen subprocess.run subprocess.call subprocess.check_call subprocess.check_output
        subprocess.getoutput subprocess.getstatusoutput subprocess.list2cmdline
        multiprocessing.popen_fork.Popen multiprocessing.popen_spawn_posix.Popen
        multiprocessing.popen_forkserver.Popen multiprocessing.process.BaseProcess multiprocessing.Process
        multiprocessing.Pool multiprocessing.Manager multiprocessing.pool.Pool multiprocessing.managers.BaseManager.start
        multiprocessing.util.spawnv_passfds multiprocessing.context.BaseContext.Pool
        concurrent.futures.ProcessPoolExecutor concurrent.futures.process.ProcessPoolExecutor
        distutils.spawn.spawn distutils.spawn.find_executable distutils.ccompiler.CCompiler.spawn distutils.util.execute
        commands.getoutput commands.getstatusoutput popen2.popen2 popen2.popen3 popen2.Popen3
        os.execl os.execle os.execlp os.execlpe os.execvp os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe
        os.spawnv os.spawnve os.spawnvp os.spawnvpe os.popen os._spawnvef os._execvpe os._wrap_close
        pydoc.pager pydoc.pipepager pydoc.tempfilepager pydoc.getpager pydoc.browse pydoc.cli pydoc.help pydoc.doc
        imaplib.IMAP4_stream imaplib.IMAP4_stream.open mailcap.findmatch mailcap.subst
        ctypes.util.find_library ctypes.util._get_soname uuid._get_command_stdout
        pip.main pip._internal.main pip._internal.cli.main.main pip._internal.main.main setuptools.setup
        setuptools.sandbox.run_setup distutils.core.run_setup distutils.core.setup
        numpy.f2py.compile numpy.f2py.get_include numpy.f2py.run_main numpy.f2py.main numpy.f2py.f2py2e.run_compile
        numpy.distutils.exec_command.exec_command numpy.distutils.misc_util.exec_mod_from_location
        torch.utils.cpp_extension.load torch.utils.cpp_extension.load_inline
        torch.utils.collect_env.run torch.utils.collect_env.run_lambda torch.utils.collect_env.run_and_read_all
        pexpect.run pexpect.spawn pexpect.popen_spawn.PopenSpawn fabric.Connection invoke.run invoke.context.Context.run
        paramiko.ProxyCommand git.Repo.clone_from docker.from_env dulwich.porcelain.clone plumbum.local sh.Command
        nltk.internals.java nltk.app.wordnet_app.wnb
        joblib.externals.loky.process_executor.ProcessPoolExecutor
        venv.create venv.EnvBuilder venv.EnvBuilder.create venv.main ensurepip.bootstrap ensurepip._bootstrap
        ensurepip._run_pip test.support.script_helper.assert_python_ok test.support.script_helper.spawn_python
        IPython.utils.process.system IPython.utils.process.getoutput IPython.core.interactiveshell.InteractiveShell.system
        tensorflow.python.distribute.multi_process_runner.run""",
    "import": """importlib.import_module importlib.__import__ importlib.reload importlib._bootstrap._gcd_import
        importlib._bootstrap._find_and_load importlib._bootstrap._load importlib._bootstrap._exec
        importlib._bootstrap._call_with_frames_removed importlib._bootstrap_external._gcd_import
        importlib.util.find_spec importlib.util.module_from_spec importlib.util.resolve_name
        importlib.util.spec_from_file_location importlib.util.spec_from_loader importlib.util.LazyLoader
        importlib.machinery.SourceFileLoader importlib.machinery.SourcelessFileLoader
        importlib._bootstrap_external.SourceFileLoader importlib._bootstrap_external.SourcelessFileLoader
        pkgutil.resolve_name pkgutil.find_loader pkgutil.get_loader pkgutil.get_data pkgutil.walk_packages
        pkgutil.iter_modules pkgutil.ImpImporter pkgutil.ImpLoader pkgutil.extend_path pkgutil.find_loader
        zipimport.zipimporter zipimport.zipimporter.load_module zipimport.zipimporter.exec_module
        zipimport.zipimporter.get_code modulefinder.ModuleFinder.run_script modulefinder.ModuleFinder.load_file
        modulefinder.test encodings.search_function unittest.main unittest.TestLoader.loadTestsFromName
        unittest.loader.TestLoader.loadTestsFromName unittest.loader.TestLoader.loadTestsFromNames
        unittest.loader.TestLoader.discover unittest.mock._importer unittest.mock.patch unittest.mock._get_target
        unittest.main.TestProgram xml.sax.make_parser xml.sax._create_parser site.addsitedir site.addpackage
        site.main site.execsitecustomize site.execusercustomize sysconfig._init_posix
        multiprocessing.spawn.import_main_path multiprocessing.spawn._fixup_main_from_name
        multiprocessing.spawn._fixup_main_from_path multiprocessing.spawn.prepare pydoc.locate pydoc.safeimport
        pydoc.importfile pydoc.resolve pydoc.render_doc pydoc.writedoc hydra.utils.instantiate hydra.utils.call
        hydra.utils.get_method hydra.utils.get_class hydra.utils.get_object hydra._internal.utils._locate
        hydra._internal.instantiate._instantiate2.instantiate hydra._internal.instantiate._instantiate2._call_target
        dill._dill._import_module cloudpickle.cloudpickle.subimport
        setuptools.depends.get_module_constant""",
    "file": """logging.FileHandler logging.FileHandler._open logging.FileHandler.emit logging.handlers.WatchedFileHandler
        logging.handlers.RotatingFileHandler logging.handlers.TimedRotatingFileHandler
        logging.handlers.BaseRotatingHandler logging.handlers.BaseRotatingHandler.rotate logging.basicConfig
        tempfile._TemporaryFileCloser tempfile._TemporaryFileCloser.close tempfile._TemporaryFileCloser.__del__
        tempfile._TemporaryFileWrapper tempfile.TemporaryDirectory tempfile.TemporaryDirectory._rmtree tempfile.NamedTemporaryFile
        tempfile.TemporaryFile tempfile.SpooledTemporaryFile tempfile.mkdtemp tempfile.mkstemp tempfile.mktemp
        io.open io.open_code io.FileIO _pyio.open _pyio.FileIO _pyio.open_code codecs.open codecs.EncodedFile
        shutil.rmtree shutil.copyfile shutil.copy shutil.copy2 shutil.copytree shutil.move shutil.make_archive
        shutil.unpack_archive shutil.chown shutil.copymode shutil.copystat shutil._rmtree_unsafe shutil._rmtree_safe_fd
        fileinput.input fileinput.FileInput fileinput.hook_compressed filecmp.cmp linecache.getline linecache.getlines
        linecache.updatecache linecache.lazycache zipfile.ZipFile zipfile.PyZipFile zipfile.ZipFile.extractall zipfile.ZipFile.extract zipfile.main
        tarfile.open tarfile.TarFile tarfile.TarFile.extractall tarfile.TarFile.extract tarfile.TarFile.open tarfile.main
        gzip.open gzip.GzipFile bz2.open bz2.BZ2File lzma.open lzma.LZMAFile dbm.open dbm.dumb.open dbm.gnu.open dbm.ndbm.open
        dbm.dumb._Database sqlite3.connect sqlite3.Connection sqlite3.dbapi2.connect mailbox.Maildir mailbox.mbox
        os.makedirs os.removedirs os.renames os.fdopen os.walk os.fwalk netrc.netrc configparser.RawConfigParser.read
        pathlib.Path.open pathlib.Path.read_text pathlib.Path.write_text pathlib.Path.read_bytes pathlib.Path.write_bytes
        pathlib.Path.unlink pathlib.Path.rmdir pathlib.Path.mkdir pathlib.Path.touch pathlib.Path.rename
        pathlib.Path.replace pathlib.Path.symlink_to pathlib.Path.hardlink_to pathlib.Path.chmod
        wave.open aifc.open sunau.open sndhdr.what imghdr.what py_compile.compile compileall.compile_file
        compileall.compile_dir plistlib.readPlist plistlib.writePlist xml.dom.minidom.parse xml.etree.ElementTree.parse
        xml.sax.parse trace.CoverageResults.write_results zipapp.create_archive nturl2path.url2pathname
        asyncio.unix_events._set_nonblocking uu.encode uu.decode binhex.hexbin binhex.binhex
        bsddb.hashopen bsddb.btopen anydbm.open whichdb.whichdb dumbdbm.open
        numpy.fromfile numpy._core.multiarray.fromfile numpy.core.multiarray.fromfile numpy.memmap numpy.ndarray.tofile
        numpy.ndarray.dump numpy.savetxt numpy.save numpy.savez numpy.savez_compressed numpy.loadtxt
        numpy.genfromtxt numpy.fromregex numpy.DataSource numpy._core.records.fromfile numpy.core.records.fromfile
        numpy.rec.fromfile numpy._core._multiarray_umath.fromfile numpy.core._multiarray_umath.fromfile
        numpy.lib.format.open_memmap numpy.load.__wrapped__ numpy.lib.npyio.DataSource
        torch.save torch.serialization._open_file torch.from_file torch.UntypedStorage.from_file torch.storage.UntypedStorage.from_file
        torch.storage._StorageBase.from_file torch.FloatStorage.from_file torch.serialization._open_zipfile_writer_file
        pandas.read_csv pandas.read_table pandas.read_parquet pandas.read_hdf pandas.HDFStore pandas.read_excel
        pandas.read_json pandas.read_html pandas.read_xml pandas.read_feather pandas.read_orc pandas.read_stata
        pandas.read_sas pandas.read_spss pandas.read_fwf pandas.io.common.get_handle pandas.ExcelFile pandas.ExcelWriter
        pandas.core.generic.NDFrame.to_csv h5py.File pyarrow.parquet.read_table pyarrow.csv.read_csv PIL.Image.open
        scipy.io.loadmat scipy.io.savemat scipy.io.wavfile.read scipy.io.wavfile.write scipy.sparse.load_npz
        scipy.sparse.save_npz safetensors.torch.load_file safetensors.torch.save_file safetensors.safe_open
        safetensors.numpy.save_file safetensors.numpy.load_file xgboost.core.Booster.load_model
        lightgbm.basic.Booster.save_model onnx.save onnx.load""",
    "network": """urllib.request.urlopen urllib.request.urlretrieve urllib.request.OpenerDirector.open
        urllib.request.URLopener.open urllib.request.URLopener.retrieve urllib.request.FancyURLopener
        urllib.request.build_opener urllib.request.install_opener urllib.request.URLopener
        urllib.urlopen urllib.urlretrieve urllib2.urlopen urllib2.build_opener urllib2.install_opener
        socket.socket socket.create_connection socket.create_server socket.socketpair socket.fromfd socket.getaddrinfo
        ssl.get_server_certificate ssl.wrap_socket ssl.SSLContext.wrap_socket ssl.create_default_context
        http.client.HTTPConnection http.client.HTTPSConnection http.client.HTTPConnection.request
        http.client.HTTPConnection.connect http.server.test http.server.HTTPServer http.server.BaseHTTPRequestHandler
        httplib.HTTPConnection httplib.HTTPSConnection
        ftplib.FTP ftplib.FTP_TLS ftplib.FTP.connect ftplib.test poplib.POP3 poplib.POP3_SSL nntplib.NNTP
        nntplib.NNTP_SSL smtplib.SMTP smtplib.SMTP_SSL smtplib.LMTP smtpd.SMTPServer smtpd.SMTPChannel
        imaplib.IMAP4 imaplib.IMAP4_SSL telnetlib.Telnet telnetlib.Telnet.open xmlrpc.client.ServerProxy
        xmlrpc.client.Server xmlrpc.server.SimpleXMLRPCServer xmlrpclib.ServerProxy socketserver.TCPServer
        socketserver.BaseServer socketserver.UDPServer asyncore.dispatcher asynchat.async_chat
        asyncio.open_connection asyncio.start_server asyncio.open_unix_connection asyncio.start_unix_server
        asyncio.base_events.BaseEventLoop.create_connection asyncio.base_events.BaseEventLoop.create_server
        logging.handlers.SocketHandler logging.handlers.DatagramHandler logging.handlers.SysLogHandler
        logging.handlers.SMTPHandler logging.handlers.HTTPHandler logging.config.listen
        multiprocessing.connection.Client multiprocessing.connection.Listener multiprocessing.connection.SocketClient
        multiprocessing.managers.BaseManager multiprocessing.managers.BaseManager.connect
        multiprocessing.managers.SyncManager multiprocessing.managers.RemoteError urllib.robotparser.RobotFileParser.read
        wsgiref.simple_server.make_server antigravity.webbrowser
        requests.get requests.post requests.put requests.patch requests.delete requests.head requests.options
        requests.request requests.api.get requests.api.post requests.api.put requests.api.patch requests.api.delete
        requests.api.head requests.api.options requests.api.request requests.Session requests.session
        requests.sessions.Session requests.sessions.Session.request requests.sessions.Session.get
        requests.sessions.Session.send requests.adapters.HTTPAdapter.send
        httpx.get httpx.post httpx.put httpx.request httpx.Client httpx.AsyncClient httpx.stream
        urllib3.PoolManager urllib3.request urllib3.HTTPConnectionPool urllib3.connection_from_url
        aiohttp.request aiohttp.ClientSession aiohttp.client.request aiohttp.client.ClientSession
        boto3.client boto3.resource boto3.session.Session paramiko.SSHClient paramiko.SSHClient.connect paramiko.Transport
        torch.hub.download_url_to_file torch.hub.load_state_dict_from_url torch.distributed.init_process_group
        torch.distributed.rpc.init_rpc torch.distributed.TCPStore
        huggingface_hub.hf_hub_download huggingface_hub.snapshot_download huggingface_hub.HfApi
        huggingface_hub.file_download.hf_hub_download huggingface_hub._snapshot_download.snapshot_download
        huggingface_hub.hf_api.HfApi huggingface_hub.login huggingface_hub.Repository
        tensorflow.keras.utils.get_file keras.utils.get_file keras.src.utils.file_utils.get_file
        fsspec.open fsspec.core.open fsspec.filesystem fsspec.core.url_to_fs nltk.download nltk.downloader.download
        nltk.downloader.Downloader.download gensim.downloader.load gradio.load streamlit.run wandb.init mlflow.set_tracking_uri
        mlflow.artifacts.download_artifacts ray.init docker.DockerClient dask.distributed.Client distributed.Client""",
    "unpickle": """pickle.load pickle.loads pickle._load pickle._loads pickle.Unpickler pickle._Unpickler
        pickle._Unpickler.load pickle._Unpickler.find_class pickle.Unpickler.load pickle.Unpickler.find_class
        cPickle.load cPickle.loads cPickle.Unpickler _pickle.load _pickle.loads _pickle.Unpickler
        shelve.open shelve.Shelf shelve.Shelf.__getitem__ shelve.DbfilenameShelf shelve.BsdDbShelf
        copyreg._reduce_ex multiprocessing.connection.Connection multiprocessing.connection._ConnectionBase.recv
        multiprocessing.connection.Connection.recv multiprocessing.connection.ConnectionWrapper
        multiprocessing.reduction.ForkingPickler.loads multiprocessing.queues.Queue multiprocessing.queues.SimpleQueue
        multiprocessing.managers.RebuildProxy multiprocessing.managers.BaseProxy multiprocessing.heap.rebuild_arena
        multiprocessing.reduction.rebuild_partial multiprocessing.connection.rebuild_connection
        multiprocessing.sharedctypes.rebuild_ctype multiprocessing.connection.answer_challenge
        logging.config._receive_handler concurrent.futures.process._process_worker
        torch.load torch.serialization.load torch.serialization._load torch.serialization._legacy_load torch.jit.load
        torch.jit._serialization.load torch.package.PackageImporter torch.package.package_importer.PackageImporter
        torch.hub.load torch.hub.load_local torch.hub._load_local torch.utils.model_zoo.load_url torch.hub.load_state_dict_from_url
        torch.storage._load_from_bytes torch.utils.show_pickle.main torch.export.load torch._export.load
        torch.distributed.distributed_c10d._tensor_to_object torch.distributed.checkpoint.load
        numpy.load numpy.lib.npyio.load numpy.lib._npyio_impl.load numpy.lib.format.read_array numpy.lib.npyio.NpzFile
        numpy.lib._npyio_impl.NpzFile numpy.lib._format_impl.read_array
        joblib.load joblib.numpy_pickle.load joblib.numpy_pickle._unpickle joblib.numpy_pickle.load_temporary_memmap
        joblib.numpy_pickle_compat.load_compatibility joblib.numpy_pickle.NumpyUnpickler joblib.numpy_pickle_compat.ZipNumpyUnpickler
        joblib.numpy_pickle_compat.NDArrayWrapper.read joblib.memory.Memory joblib.hashing.hash
        sklearn.externals.joblib.load sklearn.externals.joblib.numpy_pickle.load
        pandas.read_pickle pandas.io.pickle.read_pickle pandas.compat.pickle_compat.load pandas.compat.pickle_compat.loads
        pandas.compat.pickle_compat.Unpickler pandas.io.parsers.readers.TextFileReader.loads pandas.util._test_decorators.safe_import
        cloudpickle.load cloudpickle.loads cloudpickle.cloudpickle.load cloudpickle.cloudpickle.loads
        dill.load dill.loads dill.load_session dill.load_module dill.Unpickler dill._dill.load dill._dill.loads dill._dill.Unpickler
        dill.session.load_module dill.load_module_asdict
        yaml.load yaml.unsafe_load yaml.unsafe_load_all yaml.full_load yaml.load_all yaml.UnsafeLoader yaml.Loader
        yaml.loader.UnsafeLoader yaml.loader.Loader yaml.FullLoader yaml.constructor.UnsafeConstructor jsonpickle.decode
        jsonpickle.unpickler.decode jsonpickle.loads srsly.pickle_load srsly.pickle_loads
        keras.models.load_model keras.saving.load_model keras.src.saving.saving_api.load_model
        tensorflow.keras.models.load_model tensorflow.saved_model.load tensorflow.python.saved_model.load.load
        skops.io.load skops.io.loads xgboost.core.Booster.__setstate__ mlflow.pyfunc.load_model
        mlflow.sklearn.load_model mlflow.pytorch.load_model fastai.learner.load_learner ultralytics.YOLO
        spacy.load flair.models.SequenceTagger.load statsmodels.iolib.smpickle.load_pickle gensim.utils.unpickle
        gensim.utils.SaveLoad.load networkx.read_gpickle nltk.data.load datasets.load_from_disk datasets.load_dataset
        transformers.pipeline transformers.AutoModel.from_pretrained sklearn.datasets.fetch_openml
        catboost.core.CatBoost.load_model sentence_transformers.SentenceTransformer pytorch_lightning.LightningModule.load_from_checkpoint""",
    "native": """ctypes.CDLL ctypes.PyDLL ctypes.WinDLL ctypes.OleDLL ctypes.LibraryLoader ctypes.LibraryLoader.LoadLibrary
        ctypes.LibraryLoader.__getattr__ ctypes.LibraryLoader.__getitem__ ctypes.CFUNCTYPE ctypes.PYFUNCTYPE ctypes.string_at ctypes.wstring_at
        ctypes.memmove ctypes.memset ctypes.cast ctypes.CDLL.__getattr__ ctypes.CDLL.__getitem__
        ctypes.cdll.LoadLibrary ctypes.pydll.LoadLibrary ctypes.DllGetClassObject ctypes.util.find_library
        importlib.machinery.ExtensionFileLoader importlib._bootstrap_external.ExtensionFileLoader
        torch.ops.load_library torch._ops._Ops.load_library torch.classes.load_library torch._classes._Classes.load_library
        numpy.ctypeslib.load_library numpy.ctypeslib._ctypeslib.load_library cffi.FFI cffi.FFI.dlopen cffi.FFI.verify cffi.FFI.set_source
        cffi.api.FFI cffi.api.FFI.dlopen cffi.api.FFI.compile sqlite3.Connection.load_extension
        tensorflow.load_op_library tensorflow.load_library onnxruntime.SessionOptions.register_custom_ops_library
        llvmlite.binding.load_library_permanently numba.core.ccallback.CFunc""",
    "code": """types.CodeType types.FunctionType types.LambdaType types.MethodType types.ModuleType types.DynamicClassAttribute
        types.new_class types.CellType types.FrameType types.TracebackType types.coroutine
        codeop.compile_command codeop.Compile codeop.CommandCompiler dis.Bytecode code.compile_command
        cloudpickle.cloudpickle._builtin_type cloudpickle.cloudpickle._make_cell cloudpickle.cloudpickle._make_empty_cell
        cloudpickle.cloudpickle._function_setstate cloudpickle.cloudpickle._class_setstate cloudpickle.cloudpickle._fill_function
        cloudpickle.cloudpickle._make_skel_func cloudpickle.cloudpickle.CloudPickler
        cloudpickle._make_skel_func cloudpickle._fill_function cloudpickle._builtin_type cloudpickle._make_function
        cloudpickle.cloudpickle_fast._make_function cloudpickle.cloudpickle._make_skeleton_enum
        cloudpickle.cloudpickle._rehydrate_skeleton_class cloudpickle.cloudpickle._rebuild_tornado_coroutine
        cloudpickle.cloudpickle._gen_ellipsis cloudpickle.cloudpickle.dynamic_subimport
        dill._dill._create_cell dill._dill._create_type dill._dill._load_type dill._dill._eval_repr dill._dill._get_attr
        dill._dill._getattribute dill._dill._create_filehandle dill._dill._setattr dill._dill._create_ftype
        dill._dill._create_lock dill._dill._create_namedtuple dill._dill._create_array dill._dill._create_code
        multiprocessing.spawn.spawn_main joblib.externals.cloudpickle.cloudpickle._make_function
        new.code new.function new.module new.instancemethod new.classobj""",
    "attribute": """operator.attrgetter operator.methodcaller inspect.getattr_static inspect.getmembers
        inspect.currentframe inspect.stack inspect.getmodule inspect.trace inspect.getouterframes
        types._calculate_meta typing.get_type_hints typing.ForwardRef._evaluate typing._eval_type inspect.get_annotations
        functools.singledispatch functools._unwrap_partial string.Formatter.get_field string.Formatter.vformat string.Formatter.format
        unittest.mock._dot_lookup pickle._getattribute importlib.metadata.EntryPoint.load importlib.metadata.EntryPoint
        torch._utils._get_obj_from_str transformers.utils.import_utils._LazyModule.__getattr__
        builtins.object.__getattribute__ builtins.type.__getattribute__ sklearn.utils._bunch.Bunch.__getattr__""",
    "call": """functools.reduce functools.partial functools.partialmethod functools.singledispatchmethod functools.cached_property
        functools.lru_cache functools.cmp_to_key operator.call itertools.starmap threading.Thread threading.Timer
        threading.Thread.run threading.Thread.start threading.excepthook threading.settrace threading.setprofile
        threading._DummyThread sched.scheduler sched.scheduler.run sched.scheduler.enter
        concurrent.futures.ThreadPoolExecutor concurrent.futures.thread.ThreadPoolExecutor
        concurrent.futures.thread._WorkItem concurrent.futures.thread._WorkItem.run
        concurrent.futures._base.Executor.submit concurrent.futures._base.Executor.map multiprocessing.pool.ThreadPool
        multiprocessing.pool.Pool.apply multiprocessing.pool.Pool.map multiprocessing.dummy.Process
        multiprocessing.util.Finalize multiprocessing.util._run_finalizers multiprocessing.process.BaseProcess.run
        weakref.finalize contextlib.ExitStack.callback contextlib._BaseExitStack.callback contextlib.ExitStack
        asyncio.run asyncio.to_thread asyncio.get_event_loop asyncio.events.Handle asyncio.events.Handle._run asyncio.runners.run
        signal.signal atexit.register unittest.case.FunctionTestCase unittest.FunctionTestCase
        unittest.mock.MagicMock unittest.mock.Mock unittest.mock.NonCallableMock
        copyreg.pickle copyreg.constructor copyreg.add_extension copyreg.remove_extension copy_reg.add_extension
        tkinter.CallWrapper tkinter.Event pprint.pprint
        numpy.vectorize numpy.frompyfunc numpy.apply_along_axis numpy.apply_over_axes numpy.piecewise numpy.fromfunction
        numpy.fromiter numpy.lib._function_base_impl.vectorize
        torch.utils.checkpoint.checkpoint torch.multiprocessing.spawn torch.multiprocessing.spawn.spawn
        torch.autograd.function.Function.apply torch._utils._import_dotted_name torch.utils._pytree.tree_map
        joblib.parallel.Parallel joblib.Parallel joblib.delayed joblib.parallel.BatchedCalls
        joblib.externals.loky.cloudpickle_wrapper.CloudpickledCallableWrapper
        joblib.externals.loky.cloudpickle_wrapper.CloudpickledObjectWrapper
        fastcore.basics.partialler pydantic.validate_call pydantic.v1.validate_arguments bdb.Bdb.runcall
        trace.Trace.runfunc cProfile.Profile.runcall profile.Profile.runcall test.support.run_in_subinterp""",
    "state": """os.putenv os.unsetenv os._exit os.abort os.chdir os.chroot os.setuid os.setgid os._Environ.__setitem__
        os.environ.__setitem__ os.environ.update os.environ os.environb sys.exit sys.setrecursionlimit sys.addaudithook
        signal.alarm signal.raise_signal signal.pthread_kill signal.set_wakeup_fd signal.setitimer _signal.alarm
        logging.shutdown logging.disable logging.captureWarnings warnings.simplefilter warnings.filterwarnings warnings._setoption
        site.enablerlcompleter site.setquit socket.setdefaulttimeout locale.setlocale random.seed operator.setitem
        operator.delitem operator.iconcat builtins.object.__setattr__ builtins.type.__setattr__
        mimetypes.init time.sleep tty.setraw tty.setcbreak faulthandler._sigsegv faulthandler._fatal_error
        sysconfig.get_config_vars getpass.getpass getpass.unix_getpass getpass.fallback_getpass
        torch.set_default_tensor_type torch.serialization.add_safe_globals torch.serialization.set_default_load_endianness
        torch.serialization.register_package""",
    "look": """os.getenv os.get_exec_path os.listdir os.scandir os.stat os.path.exists os.path.expanduser os.path.expandvars
        platform.node platform.uname getpass.getuser pwd.getpwnam socket.gethostname glob.glob glob.iglob
        shutil.which shutil.disk_usage uuid.getnode""",
}
"""Names separated by blanks, by category. They count as sources of danger for what calls them, too."""
