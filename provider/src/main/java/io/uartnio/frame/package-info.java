/** Bytes in, frames out: the hot path. */
package io.uartnio.frame;
