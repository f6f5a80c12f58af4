// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.git.GithubApp;
import io.gitlb.reconciler.git.HttpAccess;
import io.gitlb.reconciler.git.ProxyChoice;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReconcilerCommandTest {

  private final StringWriter errors = new StringWriter();

  @Test
  void everyWrongOptionIsToldAtOnce() {
    int exit =
        run(
            "--cluster=Demo!",
            "--config-repo=file:///nowhere.git",
            "--poll-interval=10ms",
            "--load-balancer-class=example.com/a,b//c",
            "--load-balancer-class=example.com/a",
            "--speaker=n1=192.0.2.1",
            "--speaker-port=70000",
            "--health-listen=here");
    assertEquals(CommandLine.ExitCode.USAGE, exit);
    for (String option :
        List.of(
            "--cluster 'Demo!'",
            "--poll-interval",
            "--load-balancer-class 'b//c'",
            "--load-balancer-class has 'example.com/a' twice",
            "--speaker n1=192.0.2.1",
            "--speaker-port",
            "--health-listen here",
            "--tls-cert, --tls-key and --tls-ca")) {
      assertTrue(errors.toString().contains(option), () -> option + " in: " + errors);
    }
  }

  @Test
  void secretsAreReadInANamespaceOfTheirOwnUnlessToldOtherwise() {
    assertEquals(Optional.of("gitlb-passwords"), secretsNamespace());
    assertEquals(Optional.of("routing"), secretsNamespace("--secrets-namespace=routing"));
    assertEquals(Optional.empty(), secretsNamespace("--secrets-namespace="));
  }

  private static Optional<String> secretsNamespace(String... more) {
    ReconcilerCommand command = new ReconcilerCommand();
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--cluster=c", "--config-repo=r", "--insecure"));
    new CommandLine(command).parseArgs(arguments.toArray(String[]::new));
    List<String> problems = new ArrayList<>();
    return command
        .settings(problems)
        .orElseThrow(() -> new AssertionError(problems))
        .scope()
        .secretsNamespace();
  }

  @Test
  void plainSpeakersNeedInsecureAndTheOtherWayRound() {
    run(
        "--cluster=c",
        "--config-repo=r",
        "--speaker=n1=http://127.0.0.1:7480",
        "--tls-cert=a",
        "--tls-key=b",
        "--tls-ca=c");
    assertTrue(errors.toString().contains("http needs --insecure"), errors::toString);
    run("--cluster=c", "--config-repo=r", "--speaker=n1=https://127.0.0.1:7480", "--insecure");
    assertTrue(errors.toString().contains("must be an http URL"), errors::toString);
  }

  @Test
  void webhooksNeedAListenerASecretAndBothHalvesOfACertificate() {
    run("--cluster=c", "--config-repo=r", "--insecure", "--webhook-listen=here");
    assertTrue(errors.toString().contains("needs --webhook-secret-file"), errors::toString);
    assertTrue(errors.toString().contains("--webhook-listen here is not"), errors::toString);
    run("--cluster=c", "--config-repo=r", "--insecure", "--webhook-certificate=c");
    assertTrue(errors.toString().contains("belong together"), errors::toString);
    assertTrue(errors.toString().contains("--webhook-listen is needed"), errors::toString);
  }

  @Test
  void optionsForHttpsAreCheckedAndNoPasswordIsShown() {
    run(
        "--cluster=c",
        "--config-repo=r",
        "--insecure",
        "--config-proxy=http://ops:canary@192.0.2.1:3128",
        "--ledger-proxy=socks5://192.0.2.1",
        "--config-github-app-id=1",
        "--ledger-proxy-login-file=f",
        "--ledger-github-api=https://github.example.org/api/v3");
    for (String part :
        List.of(
            "--config-proxy must not have a user or password in it",
            "--ledger-proxy must be http://HOST:PORT",
            "--config-github-app-id, --config-github-app-installation-id and",
            "--ledger-github-api is for a GitHub App")) {
      assertTrue(errors.toString().contains(part), () -> part + " in: " + errors);
    }
    assertFalse(errors.toString().contains("canary"), errors::toString);
  }

  @Test
  void proxiesOfTheEnvironmentAreTakenInSmallLettersFirst() {
    assertEquals(
        new ProxyChoice.FromEnvironment(
            new TreeMap<>(Map.of("HTTPS_PROXY", "http://small:1", "NO_PROXY", "example.org"))),
        HttpOptions.environment(
            Map.of(
                "https_proxy", "http://small:1",
                "HTTPS_PROXY", "http://large:1",
                "NO_PROXY", "example.org",
                "HOME", "/root")));
  }

  private static ReconcilerSettings settings(String... more) {
    ReconcilerCommand command = new ReconcilerCommand();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--cluster=c",
                "--config-repo=https://git.example.org/net.git",
                "--config-username=reader",
                "--config-password-file=/run/reader",
                "--config-ca-file=/run/ca",
                "--config-proxy=http://192.0.2.1:3128",
                "--insecure"));
    arguments.addAll(List.of(more));
    new CommandLine(command).parseArgs(arguments.toArray(String[]::new));
    List<String> problems = new ArrayList<>();
    ReconcilerSettings settings = command.settings(problems).orElseThrow();
    assertEquals(List.of(), problems);
    return settings;
  }

  @Test
  void theLedgerHasTheCredentialsOfTheConfigurationUnlessItHasItsOwn() {
    ReconcilerSettings one = settings();
    assertEquals(one.config().passwordFile(), one.ledger().passwordFile());
    assertEquals(one.config().http(), one.ledger().http());

    ReconcilerSettings token = settings("--ledger-token-file=/run/bot");
    assertEquals(Optional.empty(), token.ledger().passwordFile());
    assertEquals(Optional.of(Path.of("/run/bot")), token.ledger().http().tokenFile());
    assertEquals(one.config().http().proxy(), token.ledger().http().proxy());
    assertEquals(Optional.of(Path.of("/run/ca")), token.ledger().caFile());

    ReconcilerSettings other =
        settings(
            "--ledger-repo=https://git.example.net/ledger.git",
            "--ledger-github-app-id=1",
            "--ledger-github-app-installation-id=2",
            "--ledger-github-app-key=/run/key",
            "--ledger-proxy=none");
    assertEquals(Optional.empty(), other.ledger().passwordFile());
    assertEquals(Optional.empty(), other.ledger().caFile());
    assertEquals(
        new HttpAccess(
            Optional.empty(),
            new ProxyChoice.Direct(),
            Optional.of(new GithubApp("1", "2", Path.of("/run/key"), GithubApp.PUBLIC_API))),
        other.ledger().http());
  }

  @Test
  void stateDirectoryOfAnotherReconcilerIsLeftAlone(@TempDir Path directory) {
    StateLock.Taking first = StateLock.take(directory);
    StateLock.Taking second = StateLock.take(directory);
    if (first instanceof StateLock.Taking.Taken(StateLock lock)
        && second instanceof StateLock.Taking.Refused(var failure)) {
      assertEquals("GLB5101", failure.code());
      lock.close();
      assertTrue(StateLock.take(directory) instanceof StateLock.Taking.Taken);
    } else {
      throw new AssertionError(first + " " + second);
    }
  }

  @Test
  void stateDirectoryThatCannotBeMadeIsTold(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    if (StateLock.take(file.resolve("state")) instanceof StateLock.Taking.Refused(var failure)) {
      assertEquals("GLB5102", failure.code());
    } else {
      throw new AssertionError("taken");
    }
  }

  @Test
  void statesAreGivenOutWhereTheSettingsSayAndWithoutTlsOnLoopbackOnly() {
    assertEquals(Optional.empty(), settings().stateListen());
    assertEquals(
        8482, settings("--state-listen=127.0.0.1:8482").stateListen().orElseThrow().getPort());
    ReconcilerCommand command = new ReconcilerCommand();
    new CommandLine(command)
        .parseArgs(
            "--cluster=c",
            "--config-repo=https://git.example.org/net.git",
            "--insecure",
            "--state-listen=0.0.0.0:8482");
    List<String> problems = new ArrayList<>();
    assertEquals(Optional.empty(), command.settings(problems));
    assertEquals(
        List.of(
            "--state-listen 0.0.0.0 can be reached from outside; with --insecure it must be a"
                + " loopback address such as 127.0.0.1"),
        problems);
  }

  private int run(String... arguments) {
    errors.getBuffer().setLength(0);
    return new CommandLine(new ReconcilerCommand())
        .setErr(new PrintWriter(errors, true))
        .execute(arguments);
  }
}
