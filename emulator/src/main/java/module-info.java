/**
 * A wireless module without the hardware: it answers on a real pseudo-terminal as the manuals say the module does, and
 * makes its connections for real. It uses nothing of the library that is tested against it.
 */
@SuppressWarnings("requires-automatic") // JNA's jar has a module name but no descriptor
module io.uartnio.emulator {
    requires com.sun.jna;

    exports io.uartnio.emulator;
}
