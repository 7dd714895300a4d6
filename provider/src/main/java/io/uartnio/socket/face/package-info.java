/**
 * What the faces of a module's sockets have in common: addresses, remembered options, time limits, a modem that is opened
 * late.
 */
package io.uartnio.socket.face;
