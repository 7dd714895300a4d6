package io.uartnio.contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JDK's own selector keeps it. */
class JdkSelectorTest implements SelectorContract {

    @RegisterExtension
    final Bench bench = new Bench(JdkStack::new);

    @Override
    public Bench bench() {
        return bench;
    }

    /** Mended in the JDK after 17: JDK-8287580. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    @Override
    public void aKeyFoundInTheKeySetMayBeCancelledWhileItIsRegistered() throws Exception {
        SelectorContract.super.aKeyFoundInTheKeySetMayBeCancelledWhileItIsRegistered();
    }

    /** Mended in the JDK after 17: JDK-8336339. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    @Override
    public void aCloseDuringARegisterLeavesNothingRegistered() throws Exception {
        SelectorContract.super.aCloseDuringARegisterLeavesNothingRegistered();
    }
}
