package io.uartnio.nio;

import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;

/**
 * Where the JDK's own provider is. That is what {@link SelectorProvider#provider()} says, unless this project's is the
 * JVM's default: then the way back leads into a package of the JDK that has to be exported by a flag. Never asked while
 * a provider is being constructed, because the JVM's default is still null then.
 */
final class JdkSelectorProvider {

    private static final String CLASS = "sun.nio.ch.DefaultSelectorProvider";

    /** Gives the JDK's own provider. */
    @FunctionalInterface
    interface Source {
        /** Returns the provider; throws if it cannot be reached. */
        SelectorProvider get() throws IOException;
    }

    private JdkSelectorProvider() {}

    /**
     * Returns the provider of the JDK's own channels and selectors.
     *
     * @throws IOException if it cannot be reached; the message quotes the flag that helps
     */
    static SelectorProvider get() throws IOException {
        SelectorProvider jvmDefault = SelectorProvider.provider();
        return jvmDefault instanceof UartSelectorProvider ? own() : jvmDefault;
    }

    private static SelectorProvider own() throws IOException {
        try {
            return (SelectorProvider) Class.forName(CLASS).getMethod("get").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IOException("the JDK's own selector provider cannot be reached: start java with " + flag(), e);
        }
    }

    /** Returns what has to be on the command line, whether this code is on the class path or on the module path. */
    static String flag() {
        Module here = JdkSelectorProvider.class.getModule();
        return "--add-exports java.base/sun.nio.ch=" + (here.isNamed() ? here.getName() : "ALL-UNNAMED");
    }
}
