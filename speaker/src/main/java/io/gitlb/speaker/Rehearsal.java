// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.LinkAddress;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A speaker that works for nobody: with certificates made for it, it takes a state from a
/// reconciler of its own, tells it how it stands, stops and starts again from its disk. A run of it
/// shows the virtual machine what a speaker needs until its first answer, for the AOT cache from
/// which real ones start; what it does on no link is left out there and costs them time only.
///
/// Nobody hears of it: it listens on loopback and announces documentation addresses (RFC 5737) on
/// one named interface alone.
public final class Rehearsal {

  private static final NodeName SELF = new NodeName("rehearsal");
  private static final NodeName OTHER = new NodeName("rehearsal-2");
  private static final String CLUSTER_UID = "00000000-0000-4000-8000-000000000000";
  private static final int ADDRESSES = 3;
  private static final Ipv4 FIRST = new Ipv4(0xC000_0264); // 192.0.2.100
  private static final int DISCARD_PORT = 9;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);

  /// For what comes after the first answer: sessions, gratuitous rounds, timers.
  private static final Duration ACT = Duration.ofMillis(1_500);

  private final Path directory;
  private final String interfaceName;
  private final List<String> omissions = new ArrayList<>();

  private Rehearsal(Path directory, String interfaceName) {
    this.directory = directory;
    this.interfaceName = interfaceName;
  }

  /// Plays it, which takes some seconds.
  ///
  /// @param directory for its state and certificates; what is in it afterwards is of no use
  /// @param interfaceName the only interface that it captures and announces on; one that there is
  ///   not is fine
  /// @return what did not work, for people, one line each
  public static List<String> play(Path directory, String interfaceName)
      throws IOException, InterruptedException {
    Rehearsal rehearsal = new Rehearsal(directory, interfaceName);
    rehearsal.play();
    return List.copyOf(rehearsal.omissions);
  }

  private void play() throws IOException, InterruptedException {
    DevelopmentCertificates certificates =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    Files.writeString(directory.resolve("keys"), "1 " + "5a".repeat(20) + "\n");
    Map<String, String> options = options(certificates.speaker(SELF));
    ClientSecurity security =
        new ClientSecurity.MutualTls(certificates.reconciler(), PeerNames.speaker(SELF));
    // As on a node that has been up: nothing is waited for.
    new StartStamp(directory.resolve("state")).write(Instant.now());
    act(options, speaker -> converse(speaker, security));
    act(options, _ -> {});
  }

  private Map<String, String> options(TlsIdentity identity) {
    Map<String, String> options = new TreeMap<>();
    options.put("--node", SELF.toString());
    options.put("--state-dir", directory.resolve("state").toString());
    options.put("--listen", "127.0.0.1:0");
    options.put("--health-listen", "127.0.0.1:0");
    options.put("--interface-regex", interfaceName);
    options.put("--tls-cert", identity.certificateChain().toString());
    options.put("--tls-key", identity.privateKey().toString());
    options.put("--tls-ca", identity.authorities().toString());
    options.put("--liveness-key-file", directory.resolve("keys").toString());
    return options;
  }

  /// What is said to a speaker that runs.
  private interface Script {
    void say(SpeakerProcess speaker);
  }

  private void act(Map<String, String> options, Script script) throws InterruptedException {
    switch (SettingsReader.read(options)) {
      case SettingsReader.Result.Unusable(List<String> problems) -> omissions.addAll(problems);
      case SettingsReader.Result.Usable(SpeakerSettings settings) -> {
        switch (SpeakerProcess.start(settings)) {
          case SpeakerProcess.Start.Failed(String message) -> omissions.add(message);
          case SpeakerProcess.Start.Running(SpeakerProcess speaker) -> {
            try (speaker) {
              script.say(speaker);
              Thread.sleep(ACT);
              askOnTheLink();
            }
          }
        }
      }
    }
  }

  private void converse(SpeakerProcess speaker, ClientSecurity security) {
    HttpLoops loops = HttpLoops.open(1);
    try (HttpClient reconciler =
        HttpClient.create(
            loops, HttpClientSettings.of("127.0.0.1", speaker.address().getPort(), security))) {
      say(reconciler, HttpCall.put("/v1/desired", "application/json", body(state(1))));
      say(reconciler, HttpCall.put("/v1/desired", "application/json", body(state(ADDRESSES))));
      say(
          reconciler,
          HttpCall.post(
              "/v1/probes",
              "application/json",
              HttpBody.of(ProtocolCodec.encode(new ProbeRequest(List.of(address(ADDRESSES)))))));
      say(reconciler, HttpCall.get("/v1/status"));
      say(reconciler, HttpCall.get("/v1/claims"));
    } finally {
      loops.close();
    }
  }

  private void say(HttpClient reconciler, HttpCall call) {
    HttpResult result = reconciler.send(call, CALL_LIMIT);
    if (!(result instanceof HttpResult.Answered(HttpAnswer answer)) || answer.status() != 200) {
      omissions.add(call.path() + ": " + result);
    }
  }

  private static HttpBody body(DesiredState state) {
    return HttpBody.of(ProtocolCodec.encode(state));
  }

  private DesiredState state(int addresses) {
    List<Announcement> announcements = new ArrayList<>();
    for (int i = 0; i < addresses; i++) {
      announcements.add(
          new Announcement(
              address(i),
              new Announcement.Owner.Services(
                  new TreeSet<>(List.of(new ServiceRef("rehearsal", "web-" + i)))),
              "{}",
              Optional.of(
                  new Announcement.Layer2(
                      new Generation(1, 1), List.of(SELF, OTHER), List.of(interfaceName))),
              List.of()));
    }
    return new DesiredState(
            SELF,
            CLUSTER_UID,
            new Generation(1, addresses),
            "1".repeat(40),
            "2".repeat(40),
            announcements,
            List.of())
        .withMembers(List.of(member(SELF, 1), member(OTHER, 3)));
  }

  /// Nobody listens there, which is told at once.
  private Member member(NodeName node, int host) {
    LinkAddress address = new LinkAddress(new Ipv4(0xC000_0200 + host), 24);
    MacAddress mac = new MacAddress(0x0200_5E00_5300L + host);
    return new Member(
        node,
        Optional.of(new Member.Endpoint("127.0.0.1", DISCARD_PORT)),
        List.of(new Member.Link(interfaceName, mac, new TreeSet<>(List.of(address)))));
  }

  private static IpAddress address(int number) {
    return new Ipv4(FIRST.bits() + number);
  }

  /// A packet for the first address makes the kernel ask who has it, where there is a link to it.
  private void askOnTheLink() {
    try (DatagramSocket socket = new DatagramSocket()) {
      InetAddress target = InetAddress.getByName(FIRST.toString());
      socket.send(new DatagramPacket(new byte[1], 1, target, DISCARD_PORT));
    } catch (IOException | UncheckedIOException e) {
      omissions.add("nothing was sent to " + FIRST + ": " + e.getMessage());
    }
  }
}
