package io.uartnio.module;

/**
 * How a module names itself.
 *
 * @param vendor manufacturer
 * @param model the model, by whose beginning a family knows its own
 * @param firmware the revision of the firmware
 */
public record Identity(String vendor, String model, String firmware) {}
