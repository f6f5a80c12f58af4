// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ReconcilerSettings.Webhooks;
import io.gitlb.reconciler.WebhookListener.Opening;
import io.gitlb.reconciler.git.GitCredentials;
import io.gitlb.reconciler.git.GitDefinitionSource;
import io.gitlb.reconciler.git.GitRemote;
import io.gitlb.reconciler.git.RemoteRepository;
import io.gitlb.reconciler.loop.ConfigPoll;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch;
import io.gitlb.reconciler.trust.SampleDelivery;
import io.gitlb.reconciler.trust.WebhookSender;
import io.gitlb.reconciler.webhook.FollowedRefs;
import io.gitlb.reconciler.webhook.WebhookReceiver;
import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.TlsIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From a push in a real repository to the loop that is woken for it, as the process wires it, with
/// a poll interval that nobody would wait for.
class WebhookToPollTest {

  @TempDir Path temp;

  @Test
  void aPushWithAWebhookWakesTheLoopLongBeforeTheNextPoll() throws Exception {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("net.git"));
    remote.on("main").file("a.yaml", "1\n").commit();
    Path secret = Files.writeString(temp.resolve("secret"), SampleDelivery.SECRET);
    Wakeups wakeups = new Wakeups();
    try (GitDefinitionSource source =
            new GitDefinitionSource(
                GitRemote.of(remote.url(), "main", GitCredentials.NONE),
                List.of("."),
                temp.resolve("state"));
        HttpLoops loops = HttpLoops.open(1);
        HttpClient client = HttpClient.newHttpClient()) {
      PolledDefinitions definitions = new PolledDefinitions(source);
      String first =
          assertInstanceOf(ConfigFetch.Found.class, definitions.fetch(Optional.empty())).commit();
      definitions.fetch(Optional.of(first));
      try (PollSchedule schedule =
              PollSchedule.every(
                  Duration.ofHours(1),
                  InstantSource.system(),
                  new Random(1),
                  () -> {
                    if (definitions.poll()) {
                      wakeups.poll();
                    }
                  });
          HttpServer server = listen(loops, plain(secret), schedule)) {
        String second = remote.on("main").file("a.yaml", "2\n").commit();
        assertEquals(202, deliver(client, server.port()));
        assertEquals(ConfigPoll.DUE, wakeups.await(Duration.ofSeconds(20)));
        assertEquals(
            second,
            assertInstanceOf(ConfigFetch.Found.class, definitions.fetch(Optional.of(first)))
                .commit());
      }
    }
  }

  private static Webhooks plain(Path secret) {
    return new Webhooks(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        List.of(secret),
        Optional.empty(),
        Optional.empty());
  }

  private static HttpServer listen(HttpLoops loops, Webhooks hooks, PollSchedule schedule) {
    return assertInstanceOf(
            Opening.Listening.class,
            WebhookListener.open(loops, hooks, receiver(hooks, schedule::soon)))
        .server();
  }

  private static WebhookReceiver receiver(Webhooks hooks, Runnable pollNow) {
    return new WebhookReceiver(
        hooks.secretFiles(),
        FollowedRefs.of("main", "allocations/lab"),
        InstantSource.system(),
        pollNow,
        (_, _) -> {});
  }

  private static int deliver(HttpClient client, int port) throws Exception {
    SampleDelivery delivery = SampleDelivery.push(WebhookSender.GITEA, "refs/heads/main");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/webhook/gitea"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(delivery.octets()));
    delivery.headers().forEach(request::header);
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void theListenerNeedsSecretsAndOffLoopbackACertificate() throws Exception {
    Path secret = Files.writeString(temp.resolve("secret"), SampleDelivery.SECRET);
    Path small = Files.writeString(temp.resolve("small"), "short");
    try (HttpLoops loops = HttpLoops.open(1)) {
      Webhooks bad =
          new Webhooks(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              List.of(small, temp.resolve("none")),
              Optional.empty(),
              Optional.empty());
      String failure = refusal(loops, bad);
      assertTrue(failure.startsWith("GLB2401 --webhook-secret-file: "), failure);
      assertTrue(failure.contains("/small cannot be used: it has 5 characters"), failure);
      assertTrue(failure.contains("/none cannot be read (NoSuchFileException)"), failure);

      Webhooks open =
          new Webhooks(
              new InetSocketAddress(0), List.of(secret), Optional.empty(), Optional.empty());
      assertTrue(refusal(loops, open).contains("give it a certificate"));

      TlsIdentity identity =
          DevelopmentCertificates.create(temp.resolve("tls"), Instant.now()).reconciler();
      Webhooks secured =
          new Webhooks(
              new InetSocketAddress(0),
              List.of(secret),
              Optional.of(identity.certificateChain()),
              Optional.of(identity.privateKey()));
      assertInstanceOf(
              Opening.Listening.class,
              WebhookListener.open(loops, secured, receiver(secured, () -> {})))
          .server()
          .close();
    }
  }

  private static String refusal(HttpLoops loops, Webhooks hooks) {
    return assertInstanceOf(
            Opening.Refused.class, WebhookListener.open(loops, hooks, receiver(hooks, () -> {})))
        .failure()
        .toString();
  }
}
