"""Names of packages that are not walked, and of compiled modules of those that are, reviewed by hand.

``module:name`` says where the module ends, since no source tells. What the same library hands out at several
places is written once, in :data:`COPIES`.
"""

# ruff: noqa: E501 - tables of names

from __future__ import annotations

from scripts.name_tiers.reviewed import REVIEWED

_PACKAGES: dict[str, str] = {
    "exec": """asteval:Interpreter asteval.asteval:Interpreter mako.template:Template mako.lookup:TemplateLookup mako.template:ModuleTemplate mako.cmd:cmdline
        mako.runtime:_exec_template tornado.template:Template tornado.template:Loader genshi.template:TextTemplate genshi.template:MarkupTemplate
        chameleon:PageTemplate bottle:SimpleTemplate flask:render_template_string flask.templating:render_template_string attr._make:_make_init
        attr._make:_make_method attr._make:_compile_and_eval attr._make:_linecache_and_compile cupy:RawModule cupy:RawKernel cupy:ElementwiseKernel
        cupy:ReductionKernel cupy.cuda.function:Module cupy.cuda:Module pycuda.compiler:SourceModule pyopencl:Program triton.runtime.build:_build
        triton.compiler:compile triton:jit scipy.weave:inline scipy.weave:blitz scipy.weave.inline_tools:inline torch.jit:CompilationUnit
        torch._C:CompilationUnit torch._C:_jit_script_compile torch._C:_jit_script_class_compile torch._C:_create_function_from_trace
        torch.fx.graph_module:GraphModule torch.fx:GraphModule torch.fx._lazy_graph_module:_LazyGraphModule pandas.core.computation.expr:Expr
        pandas.core.computation.expr:PandasExprVisitor transformers.utils.chat_template_utils:render_jinja_template
        transformers.utils.chat_template_utils:_compile_jinja_template pyparsing.testing:run ply.yacc:yacc ply.lex:lex
        RestrictedPython:compile_restricted js2py:eval_js py_mini_racer:MiniRacer execjs:eval execjs:compile dukpy:evaljs lupa:LuaRuntime
        rpy2.robjects:r pyspark.sql.functions:expr""",
    "process": """pipes:Template vllm.utils:run_method deepspeed.launcher.runner:main deepspeed.launcher.launch:main clearml:PipelineController bentoml:serve
        bentoml.bentos:build bentoml.bentos:containerize tox:main tox.run:main nox:main py.process:cmdexec py:process py._process.cmdexec:cmdexec
        py.path:local py._path.local:LocalPath _py.path:LocalPath _py._process.cmdexec:cmdexec sarge:run sarge:Command delegator:run envoy:run
        ansible_runner:run pyautogui:typewrite pyautogui:hotkey pyperclip:copy psutil:Popen horovod.run:run torchrun:main
        accelerate.commands.launch:launch_command moviepy.tools:subprocess_call pydub.utils:mediainfo
        triton.backends.nvidia.compiler:sm_arch_from_capability graphviz.backend:run graphviz.backend.execute:run_check pydot:call_graphviz
        papermill:execute_notebook""",
    "network": """s3fs:S3FileSystem s3fs.core:S3FileSystem gcsfs:GCSFileSystem gcsfs.core:GCSFileSystem adlfs:AzureBlobFileSystem smart_open:open clearml:Task
        clearml:Model clearml:StorageManager clearml:InputModel clearml.task:Task comet_ml:Experiment comet_ml:ExistingExperiment comet_ml:API
        comet_ml:start comet_ml:init comet_ml:OfflineExperiment neptune:init neptune:init_run neptune.new:init aim:Run aim:Repo aim.sdk.run:Run
        flask:Flask flask.app:Flask bottle:run tornado.httpclient:HTTPClient tornado.httpclient:AsyncHTTPClient tornado.web:Application
        tornado.httpserver:HTTPServer tornado.tcpclient:TCPClient fastapi:FastAPI starlette.applications:Starlette websocket:create_connection
        websockets:connect pika:BlockingConnection kafka:KafkaProducer kafka:KafkaConsumer pymongo:MongoClient pymongo.mongo_client:MongoClient
        elasticsearch:Elasticsearch google.cloud.storage:Client azure.storage.blob:BlobServiceClient modelscope:snapshot_download
        modelscope.hub.snapshot_download:snapshot_download wget:download gdown:download gdown:cached_download tensorflow_hub:load
        kaggle.api:authenticate torch._C._distributed_c10d:TCPStore multiprocessing.reduction:rebuild_socket openai:OpenAI openai:Client
        anthropic:Anthropic telegram:Bot slack_sdk:WebClient dns.resolver:resolve dns.resolver:query ldap3:Connection scapy.all:send
        smbclient:open_file""",
    "unpickle": """torch._C:PyTorchFileReader torch._C:import_ir_module torch._C:import_ir_module_from_buffer cupy:load cupy.io.npz:load cupy._io.npz:load vllm:LLM
        vllm.entrypoints.llm:LLM vllm:AsyncLLMEngine ruamel.yaml:YAML ruamel.yaml:load ruamel.yaml:load_all ruamel.yaml:unsafe_load
        ruamel.yaml.main:YAML ruamel.yaml.main:load ruamel.yaml.main:unsafe_load ruamel_yaml:load paddle:load paddle.framework.io:load paddle.jit:load
        paddle.hub:load paddle.inference:create_predictor mxnet.nd:load mxnet.ndarray:load mxnet.ndarray.utils:load mxnet.gluon:SymbolBlock
        mxnet.recordio:unpack mxnet.model:load_checkpoint tf_keras.models:load_model tf_keras.saving:load_model
        tf_keras.src.saving.saving_api:load_model onnxruntime:InferenceSession onnxruntime.capi.onnxruntime_inference_collection:InferenceSession
        onnxruntime.capi._pybind_state:InferenceSession onnxruntime.capi.onnxruntime_pybind11_state:InferenceSession onnxruntime:TrainingSession
        joblib.memory:MemorizedResult joblib._store_backends:FileSystemStoreBackend joblib.memory:NotMemorizedResult joblib.memory:MemorizedFunc
        joblib.memory:AsyncMemorizedFunc torch.multiprocessing.reductions:rebuild_storage_filename bentoml:import_model
        bentoml.picklable_model:load_model bentoml.sklearn:load_model bentoml.pytorch:load_model lightning.fabric:load nemo.core.classes:ModelPT
        nemo.core.classes.modelPT:ModelPT fairseq.checkpoint_utils:load_checkpoint_to_cpu fairseq.checkpoint_utils:load_model_ensemble
        fairseq.checkpoint_utils:torch_persistent_load espnet2.bin.asr_inference:Speech2Text deepspeed.checkpoint:DeepSpeedCheckpoint
        megatron.checkpointing:load_checkpoint megatron.core.dist_checkpointing:load gym:make gym.envs.registration:make gym.envs.registration:load
        gymnasium.envs.registration:make ray.cloudpickle:loads ray.cloudpickle:load pyspark.serializers:CloudPickleSerializer
        pyspark.serializers:CPickleSerializer pyspark.serializers:PickleSerializer pyspark.serializers:read_udfs zarr.codecs:Pickle numcodecs:Pickle
        numcodecs.pickles:Pickle diskcache:Cache hickle:load compress_pickle:load compress_pickle:loads cachier:cachier sqlitedict:SqliteDict
        dataset:connect speechbrain.pretrained:EncoderClassifier speechbrain.utils.fetching:fetch easyocr:Reader insightface.app:FaceAnalysis
        whisper:load_model openai_whisper:load_model clip:load open_clip:create_model flair.nn:Model.load detectron2.checkpoint:DetectionCheckpointer
        mmcv.runner:load_checkpoint mmengine.runner:load_checkpoint mmcv:Config.fromfile mmengine.config:Config.fromfile paddlehub:Module
        stanza:Pipeline""",
    "native": """torch._C:_load_for_lite_interpreter torch._C:_jit_set_emit_hooks torch.multiprocessing.reductions:rebuild_cuda_tensor
        torch.multiprocessing.reductions:rebuild_storage_cuda torch._inductor.codecache:CppCodeCache onnxruntime:SessionOptions
        onnxruntime.capi.onnxruntime_pybind11_state:SessionOptions onnxruntime_extensions:get_library_path cupy.cuda.runtime:memcpy
        tvm.runtime:load_module tvm.runtime.module:load_module tensorrt:Runtime mxnet.library:load paddle.utils.cpp_extension:load
        pycuda.driver:module_from_file jpype:startJVM jnius:autoclass clr:AddReference""",
    "file": """torch._C:PyTorchFileWriter torch._C:_from_file torch._C:_save_for_lite_interpreter torch.utils.data.datapipes.iter:FileOpener
        torch.utils.data.datapipes.iter.fileopener:FileOpenerIterDataPipe torch.utils.data.datapipes.iter:FileLister
        torch.utils.data.datapipes.iter.filelister:FileListerIterDataPipe torch.utils.tensorboard:SummaryWriter
        torch.utils.tensorboard.writer:SummaryWriter torch.utils.tensorboard.writer:FileWriter tensorboardX:SummaryWriter tensorboard.summary:Writer
        torch.multiprocessing.reductions:rebuild_storage_fd torch.multiprocessing.reductions:rebuild_storage_filename cv2:imwrite cv2:imwritemulti
        cv2:imwriteanimation cv2:FileStorage cv2:VideoWriter cv2:VideoCapture cv2:imread cv2:imreadmulti cv2.dnn:readNet cv2.dnn:readNetFromONNX
        cv2.dnn:readNetFromTensorflow cv2.dnn:readNetFromCaffe cv2.dnn:readNetFromTorch cv2.samples:findFile
        cv2.utils.fs:getCacheDirectoryForDownloads soundfile:write soundfile:read soundfile:SoundFile librosa:load librosa.core:load
        librosa.core.audio:load tables:open_file tables.file:open_file tables:File zarr:open zarr:save zarr:open_group zarr:open_array
        zarr.convenience:open zarr.api.synchronous:open zarr.storage:DirectoryStore zarr.storage:LocalStore zarr.storage:ZipStore polars:read_csv
        polars:scan_csv polars:read_parquet polars:read_json polars:read_ipc polars:read_excel polars:read_database polars.io.csv.functions:read_csv
        cupy:save cupy:savez cupy:fromfile cupy:loadtxt cupy:memmap paddle:save mxnet.nd:save mxnet.recordio:MXRecordIO
        mxnet.recordio:MXIndexedRecordIO mxnet.io:ImageRecordIter lmdb:open lmdb:Environment plyvel:DB rocksdb:DB leveldb:LevelDB netCDF4:Dataset
        xarray:open_dataset xarray:open_zarr nibabel:load pydicom:dcmread rasterio:open fiona:open geopandas:read_file tifffile:imread
        tifffile:imwrite imageio:imwrite openpyxl:load_workbook xlrd:open_workbook docx:Document dotenv:load_dotenv pyspark.files:SparkFiles
        tokenizers:Tokenizer.from_file tokenizers:Tokenizer.save tokenizers.models:BPE.from_file tokenizers.models:WordPiece.from_file
        tokenizers.models:WordLevel.from_file argparse:FileType http.cookiejar:LWPCookieJar http.cookiejar:MozillaCookieJar
        http.cookiejar:FileCookieJar pyclbr:readmodule pyclbr:readmodule_ex tabnanny:check configparser:ConfigParser.read chunk:Chunk cgitb:enable
        cgitb:Hook hotshot.stats:load hotshot:Profile pstats:Stats""",
    "import": """transformers.utils.import_utils:_LazyModule tensorflow.python.util.lazy_loader:LazyLoader tensorflow.python.util.lazy_loader:KerasLazyLoader
        huggingface_hub.utils._lazy_module:_LazyModule scipy._lib._lazy:LazyLoader traitlets.utils.importstring:import_item
        traitlets.config.loader:load_pyconfig_files traitlets.config.loader:PyFileConfigLoader traitlets:import_item zope.dottedname.resolve:resolve
        stevedore:DriverManager stevedore.driver:DriverManager kedro.utils:load_obj catalyst.registry:get modelscope.pipelines:pipeline
        timm.models._registry:import_model fairseq.utils:import_user_module mmcv.utils:import_modules_from_strings
        mmengine.utils:import_modules_from_strings detectron2.config:LazyConfig.load detectron2.utils.registry:locate megatron.training:import_module
        lazy_loader:attach apipkg:initpkg py._vendored_packages.apipkg:initpkg""",
    "attribute": """copyreg:__reduce_ex__ attr._compat:set_closure_cell""",
    "call": """attr:make_class attrs:make_class dask.base:compute dask:compute toolz:pipe toolz.functoolz:pipe cytoolz:pipe cytoolz.functoolz:pipe
        torch.utils.data._utils.worker:_worker_loop torch.distributed.rpc:rpc_sync""",
    "state": """torch.library:Library torch._utils:_set_obj_state cgitb:handler contextlib:redirect_stdout contextlib:redirect_stderr warnings:_showwarnmsg""",
}
"""By category; after a colon the name within the module."""

WHOLE: dict[str, str] = {
    "Pyro4": "network",
    "Pyro5": "network",
    "rpyc": "network",
    "kubernetes": "network",
    "paho": "network",
    "joblib.externals.loky.backend": "process",
    "sklearn.externals.joblib.externals": "code",
    "pyspark.cloudpickle": "unpickle",
    "pyspark.daemon": "process",
    "pyspark.worker": "unpickle",
    "tensorflow.io.gfile": "file",
    "tensorflow.gfile": "file",
    "tensorflow.compat.v1.gfile": "file",
    "tensorflow.compat.v2.io.gfile": "file",
    "tensorflow.python.lib.io.file_io": "file",
    "tensorflow.python.platform.gfile": "file",
    "accelerate.utils.launch": "process",
    "accelerate.commands": "process",
    "transformers.commands": "process",
    "deepspeed.launcher": "process",
    "torch.distributed.elastic": "process",
    "torch.distributed.launcher": "process",
    "bentoml._internal.server": "network",
    "werkzeug.serving": "network",
    "werkzeug.debug": "exec",
}
"""Modules of which no name belongs into a model."""

_CLOUDPICKLE = "cloudpickle."
COPIES: dict[str, tuple[str, ...]] = {
    _CLOUDPICKLE: (
        "joblib.externals.cloudpickle.",
        "pyspark.cloudpickle.",
        "ray.cloudpickle.",
        "srsly.cloudpickle.",
        "sklearn.externals.joblib.externals.cloudpickle.",
    ),
}
"""Libraries that others carry along under a name of their own."""


def _copies() -> dict[str, str]:
    rows: dict[str, str] = {}
    for category, words in REVIEWED.items():
        for name in words.split():
            for original, places in COPIES.items():
                if name.startswith(original):
                    module, _, rest = name.rpartition(".")
                    inner = f"{module}.".removeprefix(original)
                    for place in places:
                        rows[f"{place}{inner}".rstrip(".") + f":{rest}"] = category
    return rows


def _named() -> dict[str, str]:
    rows = {name: category for category, words in _PACKAGES.items() for name in words.split()}
    return rows | {name: category for name, category in _copies().items() if name not in rows}


_ROWS = _named()
PACKAGE_NAMES = {name.replace(":", "."): category for name, category in _ROWS.items()}
"""The category of each name, by its dotted name."""
COMPILED = frozenset(name.partition(":")[0] for name in _ROWS)
"""The modules of these names: what no walk finds, or finds without what is compiled."""
