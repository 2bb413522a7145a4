"""Reads what `compare` writes and runs each module in Wasmtime; tells every result that differs.

compare.py FOLDER [SECONDS]: modules with differences are written to FOLDER; stops after SECONDS, or at
the end of what it reads. Ends with 1 when there are differences, or nothing was compared.
"""

import ctypes
import os
import struct
import sys
import time
import zlib

import wasmtime

# Wasmtime's words for a trap's reason, and ours.
REASONS = [
    ("call stack exhausted", "call stack exhausted"),
    ("out of bounds memory access", "out of bounds memory access"),
    ("undefined element: out of bounds table access", "undefined element"),
    ("out of bounds table access", "out of bounds table access"),
    ("uninitialized element", "uninitialized element"),
    ("indirect call type mismatch", "indirect call type mismatch"),
    ("integer overflow", "integer overflow"),
    ("integer divide by zero", "integer divide by zero"),
    ("invalid conversion to integer", "invalid conversion to integer"),
    ("unreachable", "unreachable"),
    ("null reference", "null"),
    ("null i31 reference", "null"),
    ("out of bounds array access", "out of bounds array access"),
    ("cast failure", "cast failure"),
    ("allocation size too large", "memory limit exceeded"),
]
# What we tell apart and Wasmtime does not.
NULLS = {
    "null function reference", "null reference", "null structure reference",
    "null array reference", "null i31 reference", "null exception reference",
}


def configuration():
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"
    config.memory_reservation = 1 << 20
    config.memory_guard_size = 0
    for name in ("wasm_gc", "wasm_exceptions", "wasm_function_references", "wasm_tail_call",
                 "wasm_memory64", "wasm_multi_memory", "wasm_simd", "wasm_reference_types",
                 "wasm_bulk_memory", "wasm_multi_value"):
        setattr(config, name, True)
    return config


def reason(error):
    text = str(error)
    if "exception" in text and "null" not in text:
        return "unhandled exception"
    for theirs, ours in REASONS:
        if "trap: " + theirs in text or "wasm `" + theirs + "`" in text or theirs in text:
            return ours
    return text.replace("\n", " | ")


def results(engine, bytes_, wanted):
    store = wasmtime.Store(engine)
    instance = wasmtime.Instance(store, wasmtime.Module(engine, bytes_), [])
    exports = instance.exports(store)
    for line in wanted:
        words = line.split(" ")
        item = exports[words[0]]
        if isinstance(item, wasmtime.Memory):
            count = item.data_len(store)
            pointer = ctypes.addressof(item.data_ptr(store).contents)
            yield f"{words[0]} {count} {zlib.adler32(ctypes.string_at(pointer, count))}"
            continue
        try:
            values = item(store)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            yield f"{words[0]} trap {reason(error)}"
            continue
        if values is None:
            values = []
        elif not isinstance(values, (list, tuple)):
            values = [values]
        types = item.type(store).results
        yield " ".join(
            [words[0]]
            + [str(v & (0xFFFFFFFF if str(t) == "i32" else 0xFFFFFFFFFFFFFFFF))
               for v, t in zip(values, types)]
        )


def normal(line):
    head, found, tail = line.partition(" trap ")
    if tail in NULLS:
        tail = "null"
    # Wasmtime has one word for both.
    if tail == "undefined element":
        tail = "out of bounds table access"
    return head + found + tail


def main():
    folder = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else float("inf")
    os.makedirs(folder, exist_ok=True)
    engine = wasmtime.Engine(configuration())
    source = sys.stdin.buffer
    counts = {"modules": 0, "calls": 0, "traps": 0, "different": 0, "exhausted": 0}
    started = time.time()
    while time.time() - started < seconds and (head := source.read(12)):
        seed, size = struct.unpack("<QI", head)
        bytes_ = source.read(size)
        text = source.read(struct.unpack("<I", source.read(4))[0]).decode()
        ours = text.splitlines()
        counts["modules"] += 1
        problem = None
        if ours[0].startswith("refused"):
            problem = f"ours: {ours[0]}"
            try:
                wasmtime.Module(engine, bytes_)
            except wasmtime.WasmtimeError as error:
                problem += f"\n  theirs: {error}"
        else:
            try:
                for mine, theirs in zip(ours, results(engine, bytes_, ours)):
                    counts["calls"] += 1
                    counts["traps"] += " trap " in mine
                    if "call stack exhausted" in mine or "call stack exhausted" in theirs:
                        # How deep a stack is, is up to the engine; what follows differs.
                        counts["exhausted"] += 1
                        break
                    if normal(mine) != normal(theirs):
                        problem = f"ours: {mine}\n  theirs: {theirs}"
                        break
            except Exception as error:
                problem = f"theirs: {error}"
        if problem:
            counts["different"] += 1
            with open(f"{folder}/compare-{seed}.wasm", "wb") as file:
                file.write(bytes_)
            if counts["different"] <= 10:
                print(f"seed {seed}:\n  {problem}")
        if counts["modules"] % 1000 == 0:
            sys.stdout.flush()
    took = time.time() - started
    print(f"compare    {counts['modules']:9} modules, {counts['calls']} calls "
          f"({counts['traps']} traps, {counts['exhausted']} given up for the stack), "
          f"{counts['modules'] / max(took, 0.001):.0f} a second, {counts['different']} different")
    return 1 if counts["different"] or not counts["calls"] else 0


sys.exit(main())
