/** One of the module's sockets, as the faces see it. */
package io.uartnio.socket;
