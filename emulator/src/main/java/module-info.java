/**
 * A wireless module without the hardware: it answers on a real pseudo-terminal as the manuals say the module does, and
 * makes its connections for real. It uses nothing of the library that is tested against it.
 */
module io.uartnio.emulator {}
