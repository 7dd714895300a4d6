/** What the faces of a module's sockets have in common: addresses, remembered options, time limits. */
package io.uartnio.socket.face;
