/** The top of the house: assembles the floors into a modem and keeps it alive. */
package io.uartnio.modem;
