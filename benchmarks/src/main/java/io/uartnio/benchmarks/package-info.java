/** What the hot path costs, beside what others cost in the same run; and the guard that sees when it costs more. */
package io.uartnio.benchmarks;
