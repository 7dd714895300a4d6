/** Java's classic sockets over those of a module. */
package io.uartnio.net;
