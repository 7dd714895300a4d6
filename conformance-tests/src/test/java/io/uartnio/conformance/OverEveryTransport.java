package io.uartnio.conformance;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Runs a class once over each transport: gives its constructor the {@link Bootstraps} to run with, leaves out what a
 * module cannot do, closes what a test has left open, and counts. What tests share lives until the run ends.
 */
final class OverEveryTransport implements ClassTemplateInvocationContextProvider {

    private static final ExtensionContext.Namespace RUN = ExtensionContext.Namespace.create(OverEveryTransport.class);

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
            ExtensionContext context) {
        ofRun(context).getOrComputeIfAbsent(BlackHole.class); // before the suite's first class asks for it
        return Stream.of(Transport.values()).map(Invocation::new);
    }

    private static ExtensionContext.Store ofRun(ExtensionContext context) {
        return context.getRoot().getStore(RUN);
    }

    private record Invocation(Transport transport) implements ClassTemplateInvocationContext {

        @Override
        public String getDisplayName(int invocationIndex) {
            return transport.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new Equipment(transport));
        }
    }

    private record Equipment(Transport transport)
            implements ParameterResolver, ExecutionCondition, AfterEachCallback, TestWatcher {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Bootstraps.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return bootstraps(context);
        }

        private Bootstraps bootstraps(ExtensionContext context) {
            ExtensionContext.Store store = ofRun(context);
            TestBed bed = store.getOrComputeIfAbsent(TestBed.class);
            return store.getOrComputeIfAbsent(transport, key -> new Bootstraps(key, bed), Bootstraps.class);
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<Deviation> deviation = transport.byModule()
                    ? context.getTestMethod()
                            .flatMap(method -> Deviation.of(context.getRequiredTestClass(), method.getName()))
                    : Optional.empty();
            return deviation
                    .map(known -> ConditionEvaluationResult.disabled(known.missing()))
                    .orElseGet(() -> ConditionEvaluationResult.enabled("a module can"));
        }

        @Override
        public void afterEach(ExtensionContext context) {
            bootstraps(context).closeClients();
        }

        @Override
        public void testSuccessful(ExtensionContext context) {
            results(context).add(transport, Results.Outcome.PASSED);
        }

        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
            note(context, Results.Outcome.FAILED, cause.toString());
        }

        @Override
        public void testAborted(ExtensionContext context, Throwable cause) {
            note(context, Results.Outcome.ABORTED, cause.getMessage());
        }

        @Override
        public void testDisabled(ExtensionContext context, Optional<String> reason) {
            note(context, Results.Outcome.LEFT_OUT, reason.orElse(""));
        }

        private void note(ExtensionContext context, Results.Outcome outcome, String reason) {
            String test = context.getRequiredTestClass().getSimpleName() + "#"
                    + context.getRequiredTestMethod().getName();
            results(context).add(transport, outcome, test, reason);
        }

        private static Results results(ExtensionContext context) {
            return ofRun(context).getOrComputeIfAbsent(Results.class);
        }
    }
}
