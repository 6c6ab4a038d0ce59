// Resets a forgotten password by OpenAPI Generator's client for Java and the lines of openapi/README.md.

import com.example.regain.ApiClient;
import com.example.regain.ApiException;
import com.example.regain.api.OneTimeLoginApi;
import com.example.regain.api.PasswordResetApi;
import com.example.regain.api.TokensApi;
import com.example.regain.model.InspectedToken;
import com.example.regain.model.LinkRequest;
import com.example.regain.model.Problem;
import com.example.regain.model.ProblemCode;
import com.example.regain.model.Purpose;
import com.example.regain.model.TokenInspection;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Journey {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String URL = System.getenv("REGAIN_TEST_URL");
    private static final String IDENTIFIER = "ada@example.com";

    private static final ApiClient regain = new ApiClient();
    private static int steps = 0;

    public static void main(String[] arguments) throws Exception {
        regain.updateBaseUri(URL);

        step("ask for a link", () -> expect(Forgotten.ask(IDENTIFIER).contains("on its way"), true, "the message"));

        String token = step("take the token out of the mail", Journey::tokenFromOutbox);

        step("inspect the token", () -> {
            TokenInspection inspection = new TokenInspection();
            inspection.token(token).purpose(Purpose.PASSWORD_RESET);
            InspectedToken inspected = new TokensApi(regain).inspectToken("default", inspection, null);
            expect(inspected.getPurpose(), Purpose.PASSWORD_RESET, "purpose");
            Duration lifetime = Duration.between(inspected.getIssuedAt(), inspected.getExpiresAt());
            return expect(lifetime, Duration.ofMinutes(30), "lifetime");
        });

        step("be refused a weak password", () -> {
            Problem problem = Forgotten.setPassword(token, "x").orElseThrow();
            expect(problem.getCode(), ProblemCode.PASSWORD_REJECTED, "code");
            expect(problem.getErrors().get(0).getField(), "new_password", "field");
            return expect(problem.getErrors().get(0).getReason(), "too_short", "reason");
        });

        step("be told that there is no such application", () -> {
            LinkRequest request = new LinkRequest().identifier(IDENTIFIER);
            Problem problem = problemOf(() -> new PasswordResetApi(regain).requestPasswordReset("nobody", request, null));
            expect(problem.getStatus(), 404, "status");
            return expect(problem.getCode(), ProblemCode.NOT_FOUND, "code");
        });

        step("be refused without a session", () -> {
            Problem problem = problemOf(() -> new OneTimeLoginApi(regain).getMe("default"));
            expect(problem.getStatus(), 401, "status");
            return expect(problem.getCode(), ProblemCode.UNAUTHORIZED, "code");
        });

        step("set a good password", () ->
            expect(Forgotten.setPassword(token, "stapled otter in the rain").isEmpty(), true, "no problem"));

        step("find the link spent", () -> {
            Problem problem = Forgotten.setPassword(token, "another otter in the rain").orElseThrow();
            return expect(problem.getCode(), ProblemCode.TOKEN_INVALID, "code");
        });

        System.out.println("client java: " + steps + " steps passed");
    }

    private static <T> T step(String name, Callable<T> run) {
        try {
            T result = run.call();
            steps += 1;
            return result;
        } catch (Exception cause) {
            throw new IllegalStateException(name, cause);
        }
    }

    private static boolean expect(Object seen, Object wanted, String what) {
        if (!Objects.equals(seen, wanted)) {
            throw new IllegalStateException(what + " is " + seen + " and not " + wanted);
        }
        return true;
    }

    private static Problem problemOf(Callable<?> request) throws Exception {
        try {
            request.call();
        } catch (ApiException refused) {
            return regain.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
        }
        throw new IllegalStateException("was not refused");
    }

    /** The outbox belongs to `regain demo` and not to the API, so it is read without the client. */
    private static String tokenFromOutbox() throws Exception {
        Pattern reset = Pattern.compile("/a/default/reset/([\\w.-]+)$");
        HttpRequest request = HttpRequest.newBuilder(URI.create(URL + "/demo/outbox.json")).build();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            String mails = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
            for (JsonNode mail : regain.getObjectMapper().readTree(mails)) {
                if (!mail.get("to").asText().contains(IDENTIFIER)) continue;
                for (JsonNode link : mail.get("links")) {
                    Matcher found = reset.matcher(link.asText());
                    if (found.find()) return found.group(1);
                }
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("no mail with a link to " + IDENTIFIER + " within " + PATIENCE);
    }
}
