/** AT commands over a port: one in flight, its reply and its time limit, and everything else to where it belongs. */
package io.uartnio.at;
