"""Operators that are not the format's own: which frameworks ship them, and what their names give away.

An operator that no framework ships must be brought by a library of native code of the author's, which runs
with the rights of whoever loads the model.
"""

from __future__ import annotations

import re
from typing import Final

_SAYS = re.compile(
    r"evil|malicious|backdoor|payload|exploit|shell|trojan|inject|exfil|hack|attack|"
    r"(?<![a-z])(?:exec|execute|system|command|cmd|eval|python|py|popen|spawn|subprocess|download|script)"
    r"(?![a-z])"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
FOREIGN: Final = "which no known framework ships: it needs a native library of the author's"

ONNX_DOMAINS: dict[str, str] = {
    "ai.onnx": "ONNX itself, with its machine learning and training parts",
    "ai.onnx.contrib": "onnxruntime-extensions, of Microsoft",
    "com.microsoft": "ONNX Runtime, with its internal domains",
    "com.ms": "ONNX Runtime on Windows, and Olive",
    "ai.onnxruntime": "ONNX Runtime",
    "onnx.ml": "ONNX' machine learning under its older name",
    "org.pytorch": "PyTorch's exporter, which falls back on ATen",
    "pkg.onnxscript": "functions of onnxscript, which the exporter of PyTorch writes",
    "pkg.torch": "modules as functions, by the exporter of PyTorch",
    "pkg.transformers": "modules as functions, by the exporter of PyTorch",
    "onnxscript": "functions of onnxscript",
    "onnx_graphsurgeon": "NVIDIA's tool for graphs",
    "torch.onnx": "PyTorch's exporter",
    "torchvision": "operators of torchvision, as its exporter names them",
    "com.nvidia": "NVIDIA's plugins",
    "trt.plugins": "TensorRT's plugins",
    "TRT": "TensorRT's plugins",
    "trt": "TensorRT's plugins, and quantisation by ModelOpt",
    "mmdeploy": "OpenMMLab's deployment",
    "mmcv": "OpenMMLab's operators",
    "com.amd": "AMD's execution providers",
    "com.xilinx": "AMD's quantiser",
    "com.vai": "AMD's quantiser",
    "vai_q_onnx": "AMD's quantiser",
    "com.intel": "Intel's execution providers",
    "com.apple": "Apple's execution provider",
    "com.qti": "Qualcomm's tools",
    "com.qualcomm": "Qualcomm's tools",
    "qti_aisw": "Qualcomm's tools",
    "com.arm": "Arm's tools",
    "com.openvino": "OpenVINO",
    "openvino": "OpenVINO",
    "org.openvinotoolkit": "OpenVINO",
    "qonnx.custom_op": "QONNX, of AMD's FINN",
    "finn.custom_op": "AMD's FINN",
    "brevitas": "AMD's quantisation of PyTorch",
    "onnx.brevitas": "AMD's quantisation of PyTorch",
    "deepquant": "quantisation by Brevitas",
    "ai.tensorflow": "tf2onnx, for operations that have no twin",
    "tf": "tf2onnx, for operations that have no twin",
    "paddle": "PaddlePaddle's exporter",
    "sparseml": "Neural Magic's exporter",
    "com.sony.mct": "Sony's compression toolkit",
    "Horizon": "Horizon Robotics' quantiser",
    "horizon": "Horizon Robotics' quantiser",
}
"""Who ships the operators of a domain, and of those below it (``com.microsoft.nchwc``)."""

TORCH_NAMESPACES: dict[str, str] = {
    "PyTorch": "aten prim prims quantized quantized_decomposed _quantized mkldnn mkldnn_prepacked onednn "
    "prepacked xnnpack fbgemm mkl rngprims inductor higher_order _caffe2 profiler sparse cuda c10d "
    "_c10d_functional _c10d_functional_autograd c10d_functional cudnn static_runtime internal "
    "forward_op metal metal_prepacked vulkan vulkan_prepacked vulkan_quantized nnapi debugprims rnn "
    "_test _nested_tensor dist_autograd symm_mem _dtensor bsr torch_attn streams with_effects "
    "flex_lib _inductor_test",
    "torchvision": "torchvision image video_reader",
    "torchaudio": "torchaudio",
    "torchtext": "torchtext",
    "torchao": "torchao",
    "torchrec": "torchrec fbgemm_gpu",
    "ExecuTorch": "executorch et_vk cadence cortex_m llama dim_order_ops _executorch tosa qnn backend",
    "PyTorch Geometric": "torch_scatter torch_sparse torch_cluster torch_spline_conv pyg",
    "Torch-TensorRT": "tensorrt torch_tensorrt trt",
    "Intel's extension": "torch_ipex ipex xpu",
    "Neuron and XLA": "xla neuron torch_neuron",
    "xFormers": "xformers xformers_flash",
    "FlashAttention": "flash_attn flash_attn_3",
    "vLLM": "_C _C_cache_ops _moe_C vllm",
    "OpenMMLab": "mmdeploy mmcv",
    "Detectron2": "detectron2 _caffe2_detectron",
    "bitsandbytes": "bitsandbytes",
}
"""Namespaces of operators by the library that registers them."""
KNOWN_NAMESPACES: Final = frozenset(name for names in TORCH_NAMESPACES.values() for name in names.split())

TFLITE_OPERATORS: dict[str, str] = {
    "TFLite_": "TensorFlow Lite's own custom operators, such as its detection post-processing",
    "Mediapipe": "MediaPipe",
    "MaxPoolingWithArgmax2D": "MediaPipe",
    "MaxUnpooling2D": "MediaPipe",
    "Convolution2DTransposeBias": "MediaPipe",
    "TransformTensorBilinear": "MediaPipe",
    "TransformLandmarks": "MediaPipe",
    "Landmarks2TransformMatrix": "MediaPipe",
    "Landmarks_To_Transform_Matrix": "MediaPipe",
    "Resampler": "MediaPipe",
    "KmeansEmbeddingLookup": "MediaPipe",
    "UniversalSentenceEncoder": "MediaPipe",
    "RaggedTensorToTensor": "MediaPipe",
    "Sentencepiece": "tensorflow-text",
    "tftext:": "tensorflow-text",
    "TFText>": "tensorflow-text",
    "Whitespace": "tensorflow-text",
    "Wordpiece": "tensorflow-text",
    "SKIP_GRAM": "the support library of TensorFlow Lite",
    "PREDICT": "Smart Reply, an example of TensorFlow",
    "NORMALIZE": "Smart Reply, an example of TensorFlow",
    "EXTRACT_FEATURES": "Smart Reply, an example of TensorFlow",
    "edgetpu-custom-op": "Google's Edge TPU compiler",
    "NumericVerify": "TensorFlow Lite's debugger of quantisation",
    "ethos-u": "Arm's Vela compiler",
    "AudioSpectrogram": "TensorFlow Lite, custom operators with a kernel of its own",
    "Mfcc": "TensorFlow Lite",
    "HashTable": "TensorFlow Lite",
    "RFFT2D": "TensorFlow Lite",
    "Irfft2d": "TensorFlow Lite",
    "Rfft": "TensorFlow Lite",
    "Roll": "TensorFlow Lite",
    "RandomUniform": "TensorFlow Lite",
    "RandomStandardNormal": "TensorFlow Lite",
    "Multinomial": "TensorFlow Lite",
    "AvgPool3D": "TensorFlow Lite",
    "MaxPool3D": "TensorFlow Lite",
    "Atan2": "TensorFlow Lite",
    "Sign": "TensorFlow Lite, and the signal operators of its micro version",
    "DenseBincount": "TensorFlow Lite",
    "TableOp": "TensorFlow Lite",
    "Conv3DTranspose": "TensorFlow Lite",
    "XC_": "the compiler of XMOS",
    "GenAI": "Google's generative operators (AI Edge)",
    "odml.": "Google's generative operators (AI Edge)",
    "DISPATCH_OP": "LiteRT, for what a vendor compiled",
    "QNN": "Qualcomm's delegate",
    "qnn": "Qualcomm's delegate",
    "MTK": "MediaTek's compiler",
    "mtk": "MediaTek's compiler",
}
"""Who ships a custom operator of TensorFlow Lite, by the beginning of its name."""

TENSORFLOW_PACKAGES: dict[str, str] = {
    "Addons>": "TensorFlow Addons",
    "TFText>": "tensorflow-text",
    "Sentencepiece>": "tensorflow-text",
    "IO>": "tensorflow-io",
    "Recommenders>": "TensorFlow Recommenders",
    "Examples>": "TensorFlow's examples",
    "CustomAggregator": "TensorFlow's quantiser",
    "IsTPUEmbeddingInitialized": "TensorFlow, on TPUs",
    "ExecuteTPUEmbeddingPartitioner": "TensorFlow, on TPUs",
}
"""Who ships an operation that TensorFlow itself does not register, by the beginning of its name."""


def is_shipped_domain(domain: str) -> bool:
    """Whether a framework ships the operators of an ONNX domain."""
    parts = domain.split(".")
    return any(".".join(parts[:count]) in ONNX_DOMAINS for count in range(1, len(parts) + 1))


def says_that_it_acts(*names: str) -> bool:
    """Whether the name of an operator, or of its domain, says that it does more than arithmetic."""
    apart = (_HUMP.sub("_", name).lower().replace("_", " ").replace(".", " ") for name in names)
    return any(_SAYS.search(name) for name in apart)
