/** Quectel EC200x and EC800x. */
package io.uartnio.module.quectel.ec200x;
