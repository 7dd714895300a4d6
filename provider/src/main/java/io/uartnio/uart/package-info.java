/**
 * The lowest floor: bytes and control lines of a serial port, and what guards and records them. Imports nothing of the
 * project but its settings.
 */
package io.uartnio.uart;
