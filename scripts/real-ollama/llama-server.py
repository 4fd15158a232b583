"""Stands in for the llama-server program that Ollama starts for every model it loads.

The server is llama.cpp's own, from the Python package xllamacpp; this file only translates the command line.
Ollama also starts it without a model to learn which devices there are, and kills it once it has read that.
"""

import os
import signal
import sys
import threading
import time


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if "--list-devices" in arguments:
        print("Available devices:")
        return
    end_with_parent()
    if "--model" not in arguments:
        # Ollama reads until this line and then ends us.
        print("system_info: CPU only", file=sys.stderr, flush=True)
        time.sleep(60)
        return
    server = start(arguments)
    print("main: server is listening on", server.listening_address, flush=True)
    while True:
        time.sleep(3600)


def end_with_parent():
    """A test kills Ollama without warning; whoever it started must not stay behind."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def start(arguments):
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.ui = False
    # The default keeps up to 8 GiB of prompts.
    params.cache_ram_mib = 0
    # Threads wait for each other in busy loops, which on a machine with other work is slower than one alone.
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    flash = {
        "on": xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED,
        "off": xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED,
        "auto": xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_AUTO,
    }
    rest = iter(arguments)
    for argument in rest:
        if argument == "--model":
            params.model.path = next(rest)
        elif argument == "--port":
            params.port = int(next(rest))
        elif argument == "--host":
            params.hostnames = [next(rest)]
        elif argument == "-c":
            params.n_ctx = int(next(rest))
        elif argument == "-np":
            params.n_parallel = int(next(rest))
        elif argument == "-b":
            params.n_batch = int(next(rest))
        elif argument == "-ub":
            params.n_ubatch = int(next(rest))
        elif argument == "-ngl":
            params.n_gpu_layers = int(next(rest))
        elif argument == "-t":
            params.cpuparams.n_threads = int(next(rest))
        elif argument == "--keep":
            params.n_keep = int(next(rest))
        elif argument == "--flash-attn":
            params.flash_attn_type = flash[next(rest)]
        elif argument == "--chat-template":
            params.chat_template = next(rest)
        elif argument == "--no-jinja":
            params.use_jinja = False
        elif argument == "--context-shift":
            params.ctx_shift = True
        elif argument == "--embedding":
            params.embedding = True
        elif argument in ("--log-verbosity", "--load-mode"):
            next(rest)
        elif argument in ("--no-webui", "--offline", "--no-log-prefix", "--no-log-timestamps", "--verbose"):
            pass
        else:
            # Silence would mean that the tests run on something else than what Ollama asked for.
            sys.exit(f"This stand-in for llama-server does not know {argument}.")
    return xllamacpp.Server(params)


main(sys.argv[1:])
