"""What library files say of themselves, as JSON on standard output: inspect.py FILE..."""

import json
import sys

import lief


def elf(binary):
    needed = {str(v.name) for r in binary.symbols_version_requirement for v in r.get_auxiliary_symbols()}
    return {
        "format": "ELF",
        "machine": binary.header.machine_type.name,
        "exports": [s.name for s in binary.exported_symbols],
        "libraries": list(binary.libraries),
        "needs": sorted(needed),
    }


def pe(binary):
    optional = binary.optional_header
    return {
        "format": "PE",
        "machine": binary.header.machine.name,
        "exports": [e.name for e in binary.get_export().entries],
        "libraries": [i.name for i in binary.imports],
        "needs": [f"Windows {optional.major_subsystem_version}.{optional.minor_subsystem_version}"],
    }


def macho(fat):
    (binary,) = list(fat)
    version = binary.build_version.minos if binary.build_version else binary.version_min.version
    return {
        "format": "Mach-O",
        "machine": binary.header.cpu_type.name,
        "exports": [s.name.removeprefix("_") for s in binary.exported_symbols],
        "libraries": [l.name for l in binary.libraries],
        "needs": [f"macOS {version[0]}.{version[1]}"],
        "signed": binary.has_code_signature,
    }


def describe(path):
    if lief.is_elf(path):
        return elf(lief.ELF.parse(path))
    if lief.is_pe(path):
        return pe(lief.PE.parse(path))
    return macho(lief.MachO.parse(path))


print(json.dumps([describe(path) for path in sys.argv[1:]]))
