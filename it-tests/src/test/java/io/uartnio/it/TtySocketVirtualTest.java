package io.uartnio.it;

import io.uartnio.contract.OnVirtualThreads;

/** The same on virtual threads. */
@OnVirtualThreads
class TtySocketVirtualTest extends TtySocketTest {}
