/*
 * How the threads of one node share its work: units are handed out by a counter. ggml waits for all threads at the end of a
 * node, and the last one to finish puts the counters back, so that a graph can run again.
 */
#pragma once
#include <stdatomic.h>

struct work {
  atomic_int next;
  atomic_int finished;
};

static inline void work_init(struct work *w) {
  atomic_init(&w->next, 0);
  atomic_init(&w->finished, 0);
}

/* A unit that nobody has taken yet. From the number of units on there are none left. */
static inline int work_take(struct work *w) { return atomic_fetch_add(&w->next, 1); }

/* Called once by every thread, when there is nothing left to take. True for the last one. */
static inline int work_finish(struct work *w, int threads) {
  if (atomic_fetch_add(&w->finished, 1) != threads - 1) return 0;
  atomic_store(&w->next, 0);
  atomic_store(&w->finished, 0);
  return 1;
}
