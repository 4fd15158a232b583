/* What the tests of the kernels share: random values, nodes run on several threads, counted checks. */
#pragma once
#include "../kernels.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef SINGLE_THREADED
#include <pthread.h>
#endif

const char *tunesmith_kernels_level(int);
int tunesmith_kernels_use(const char *);

static uint32_t state = 1;
static float random_value(void) {
  state = state * 1664525u + 1013904223u;
  return (float)(int32_t)state / 2147483648.0f;
}

typedef void node_function(struct ggml_tensor *, int, int, void *);
struct job {
  node_function *run;
  struct ggml_tensor *out;
  void *data;
  int thread, threads;
};
static void *start(void *p) {
  const struct job *j = p;
  j->run(j->out, j->thread, j->threads, j->data);
  return NULL;
}

static void run_node(node_function *run, struct ggml_tensor *out, void *data, int threads) {
  struct job jobs[8];
  for (int i = 0; i < threads; i++) jobs[i] = (struct job){run, out, data, i, threads};
#ifdef SINGLE_THREADED
  for (int i = 0; i < threads; i++) start(&jobs[i]);
#else
  pthread_t ids[8];
  for (int i = 0; i < threads; i++) pthread_create(&ids[i], NULL, start, &jobs[i]);
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
#endif
}

static int failures = 0, checks = 0;
static void check(const char *what, double error, double limit) {
  checks++;
  if (error <= limit) return;
  failures++;
  printf("FAILED %s: error %g, allowed %g\n", what, error, limit);
}

