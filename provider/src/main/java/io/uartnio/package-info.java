/** What a program names: the modem, what it is told and what it tells. */
package io.uartnio;
