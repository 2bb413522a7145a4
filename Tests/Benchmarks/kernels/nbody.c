// f64 with square roots, structures in memory.
#include "kernel.h"
struct body { double x, y, z, vx, vy, vz, mass; };
static struct body bodies[5];
static NOINLINE void step(double dt) {
    for (int i = 0; i < 5; i++) {
        struct body *b = &bodies[i];
        for (int j = i + 1; j < 5; j++) {
            struct body *o = &bodies[j];
            double dx = b->x - o->x, dy = b->y - o->y, dz = b->z - o->z;
            double d2 = dx * dx + dy * dy + dz * dz + 0.01, m = dt / (d2 * __builtin_sqrt(d2));
            b->vx -= dx * o->mass * m; b->vy -= dy * o->mass * m; b->vz -= dz * o->mass * m;
            o->vx += dx * b->mass * m; o->vy += dy * b->mass * m; o->vz += dz * b->mass * m;
        }
    }
    for (int i = 0; i < 5; i++) {
        struct body *b = &bodies[i];
        b->x += dt * b->vx; b->y += dt * b->vy; b->z += dt * b->vz;
    }
}
KERNEL(run) {
    for (int i = 0; i < 5; i++)
        bodies[i] = (struct body){i * 3.0, 5.0 - i, i * i * 0.5, 0.1 * i, 0.2, -0.1 * i, 1.0 + i};
    for (uint32_t i = 0; i < n; i++) step(0.001);
    return (uint32_t)(int32_t)(bodies[0].x * 1e6);
}
