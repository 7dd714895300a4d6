/**
 * A module without the hardware: plays Quectel EC200x and EC800x modules on a pseudo-terminal, with real TCP and real
 * TLS to the hosts of its host table. It is written from the manuals alone and shares no code with the host side.
 */
package io.uartnio.emulator;
