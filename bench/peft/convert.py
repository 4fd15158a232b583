"""Turns a GGUF file into a Hugging Face folder of the same weights in F32: convert.py MODEL.gguf FOLDER"""

import os
import sys

import torch
from transformers import AutoModelForCausalLM

source, folder = sys.argv[1:]
read = AutoModelForCausalLM.from_pretrained(
    os.path.dirname(source), gguf_file=os.path.basename(source), dtype=torch.float32
)
# What was read from GGUF counts as quantized and cannot be saved: its values go into an ordinary model.
config = read.config
if hasattr(config, "quantization_config"):
    del config.quantization_config
model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
model.load_state_dict(read.state_dict())
model.save_pretrained(folder)
