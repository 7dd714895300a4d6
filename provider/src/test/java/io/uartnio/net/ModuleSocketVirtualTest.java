package io.uartnio.net;

import io.uartnio.contract.OnVirtualThreads;

/** The same on virtual threads. */
@OnVirtualThreads
class ModuleSocketVirtualTest extends ModuleSocketTest {}
