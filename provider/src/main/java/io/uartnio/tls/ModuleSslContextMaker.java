package io.uartnio.tls;

/** Makes what is behind a context, not initialised yet. Safe for any thread. */
@FunctionalInterface
interface ModuleSslContextMaker {

    /** Makes another. */
    ModuleSslContextSpi make();
}
