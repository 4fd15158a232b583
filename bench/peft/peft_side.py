"""
PEFT's side of `npm run bench -- --peft`: one update for each line on standard input, one JSON line for each on standard output.

    peft_side.py FOLDER ROWS.json --precision bf16 --batch one --checkpointing off --threads 2

FOLDER: what convert.py wrote. ROWS: a list of updates, each a list of sequences {ids, learned}; `learned[i]` marks id i as a target,
and the last id is only that. Rank 16, alpha 32, all linear layers, as on our side.
"""

import argparse
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

LINEARS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("rows")
    parser.add_argument("--precision", choices=["bf16", "f32"], required=True)
    parser.add_argument("--batch", choices=["one", "padded"], required=True)
    parser.add_argument("--checkpointing", choices=["on", "off"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    interpreter_bytes = resident_bytes()
    model = open_model(options)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.0, fused=True)
    with open(options.rows) as file:
        updates = json.load(file)
    batches = [list(batches_of(update, options.batch)) for update in updates]
    answer({"ready": True, "torch": torch.__version__, "interpreterBytes": interpreter_bytes})

    # Memory counts from here: reading the file is another matter.
    forget_peak()
    done = 0
    for line in sys.stdin:
        if line.strip() == "end":
            break
        start = time.perf_counter()
        loss, scored = update_once(model, optimizer, trained, batches[done % len(batches)])
        seconds = time.perf_counter() - start
        answer({"ms": seconds * 1000, "loss": loss / scored, "peakBytes": peak_bytes()})
        done += 1


def open_model(options):
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    model = AutoModelForCausalLM.from_pretrained(options.folder, dtype=dtype, attn_implementation="sdpa")
    model.config.use_cache = False
    config = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.0, target_modules=LINEARS, task_type="CAUSAL_LM")
    # The adapter in the type of the weights: PEFT's default of F32 beside BF16 casts every activation.
    model = get_peft_model(model, config, autocast_adapter_dtype=False)
    if options.checkpointing == "on":
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.train()
    return model


def batches_of(update, batch):
    """(input ids [B,L], attention mask or None, places of scored logits in the flat [B x L], their targets)"""
    for rows in [update] if batch == "padded" else [[row] for row in update]:
        length = max(len(row["ids"]) for row in rows) - 1
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        mask = torch.zeros(len(rows), length, dtype=torch.long)
        places, targets = [], []
        for i, row in enumerate(rows):
            count = len(row["ids"]) - 1
            ids[i, :count] = torch.tensor(row["ids"][:-1])
            mask[i, :count] = 1
            for k, learned in enumerate(row["learned"]):
                if learned and k > 0:
                    places.append(i * length + k - 1)
                    targets.append(row["ids"][k])
        yield ids, None if len(rows) == 1 else mask, torch.tensor(places), torch.tensor(targets)


def update_once(model, optimizer, trained, batches):
    scored = sum(len(targets) for *_, targets in batches)
    loss_sum = 0.0
    for ids, mask, places, targets in batches:
        base = model.get_base_model()
        hidden = base.model(input_ids=ids, attention_mask=mask).last_hidden_state
        # Logits only where something is learned: the head is the largest product of a small model.
        logits = base.lm_head(hidden.flatten(0, 1)[places]).float()
        cap = getattr(base.config, "final_logit_softcapping", None)
        if cap is not None:
            logits = torch.tanh(logits / cap) * cap
        loss = F.cross_entropy(logits, targets, reduction="sum")
        (loss / scored).backward()
        loss_sum += loss.item()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss_sum, scored


def answer(fields):
    print(json.dumps(fields), flush=True)


def status_bytes(name):
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name + ":"))
    except (OSError, StopIteration):
        return None


def resident_bytes():
    return status_bytes("VmRSS")


def peak_bytes():
    unit = 1 if sys.platform == "darwin" else 1024
    return status_bytes("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def forget_peak():
    """Linux can start counting anew; elsewhere the peak includes the loading."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


main()
