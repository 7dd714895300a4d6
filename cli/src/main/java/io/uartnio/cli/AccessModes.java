package io.uartnio.cli;

import io.uartnio.AccessMode;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words for access modes on a command line and in tables. */
final class AccessModes implements ITypeConverter<AccessMode> {

    @Override
    public AccessMode convert(String text) {
        for (AccessMode mode : AccessMode.values()) {
            if (text.equalsIgnoreCase(mode.name()) || text.equalsIgnoreCase(word(mode))) {
                return mode;
            }
        }
        throw new TypeConversionException("'" + text + "' is not push, buffer, adaptive or transparent");
    }

    static String word(AccessMode mode) {
        return mode == AccessMode.DIRECT_PUSH ? "push" : mode.name().toLowerCase(Locale.ROOT);
    }
}
