package io.uartnio.nio;

import io.uartnio.contract.OnVirtualThreads;

/** The same on virtual threads. */
@OnVirtualThreads
class ModuleSocketAdaptorVirtualTest extends ModuleSocketAdaptorTest {}
