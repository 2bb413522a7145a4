// An interpreter in the interpreter: br_table.
#include "kernel.h"
enum { PUSH, ADD, SUB, MUL, DUP, SWAP, JNZ, DEC, HALT };
static const uint8_t program[] = {PUSH, 1, PUSH, 200, SWAP, DUP, ADD, PUSH, 3, MUL, PUSH, 5, SUB, SWAP, DEC, DUP, JNZ, 4, HALT};
static NOINLINE uint32_t interpret(uint8_t start) {
    uint32_t stack[16] = {start}, sp = 0, pc = 0;
    for (;;) {
        switch (program[pc++]) {
        case PUSH: stack[sp++] = program[pc++]; break;
        case ADD: sp--; stack[sp - 1] += stack[sp]; break;
        case SUB: sp--; stack[sp - 1] -= stack[sp]; break;
        case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
        case DUP: stack[sp] = stack[sp - 1]; sp++; break;
        case SWAP: { uint32_t t = stack[sp - 1]; stack[sp - 1] = stack[sp - 2]; stack[sp - 2] = t; break; }
        case JNZ: { uint32_t t = program[pc++]; if (stack[--sp]) pc = t; break; }
        case DEC: stack[sp - 1]--; break;
        default: return stack[0];
        }
    }
}
KERNEL(run) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += interpret((uint8_t)i);
    return sum;
}
