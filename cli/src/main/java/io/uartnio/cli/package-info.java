/** The {@code uartnio} command: a demonstration of the whole house on one line, and the emulator by itself. */
package io.uartnio.cli;
