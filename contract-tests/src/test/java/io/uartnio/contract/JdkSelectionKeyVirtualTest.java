package io.uartnio.contract;

/** The same on virtual threads. */
@OnVirtualThreads
class JdkSelectionKeyVirtualTest extends JdkSelectionKeyTest {}
