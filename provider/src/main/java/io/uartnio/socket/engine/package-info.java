/** The sockets of one module: indexes, buffers, turns. */
package io.uartnio.socket.engine;
