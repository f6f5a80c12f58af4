// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.git.LogEntry;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Turns looks at the outside world into the story of each Service: what is new since the last
/// look, in the order in which GitLB does it. No clock and no I/O: a look is a value.
final class Progress {

  /// How far a Service has to come.
  enum Goal {
    /// A speaker says that it announces the address.
    ANNOUNCED,
    /// A speaker has taken the address over, though it cannot announce from where it runs.
    TAKEN_OVER
  }

  /// The stages, in the order of their effects.
  enum Stage {
    COMMITTED("committed"),
    ALLOCATED("allocated"),
    PUSHED("pushed"),
    ANNOUNCED("announced");

    private final String word;

    Stage(String word) {
      this.word = word;
    }

    /// As the demo prints it.
    String word() {
      return word;
    }
  }

  /// One look.
  ///
  /// @param addresses Service → the addresses in its status
  /// @param ledger the commits of the reconciler's own ledger branch, newest first
  /// @param remote ids of the commits that the remote has
  /// @param speakers node → what its speaker says; a speaker that does not answer is not there
  record Look(
      SortedMap<ServiceRef, List<String>> addresses,
      List<LogEntry> ledger,
      Set<String> remote,
      SortedMap<NodeName, SpeakerStatus> speakers) {}

  /// Something that was not there at the look before.
  ///
  /// @param at time since the Services were created
  record News(Duration at, ServiceRef service, Stage stage, String detail) {}

  private final Goal goal;

  /// Service → what was already told of it.
  private final SortedMap<ServiceRef, Told> told = new TreeMap<>();

  /// What is known of one Service.
  private static final class Told {
    private final Set<String> keys = new HashSet<>();
    private final Set<Stage> stages = new HashSet<>();
  }

  Progress(List<ServiceRef> services, Goal goal) {
    this.goal = goal;
    services.forEach(service -> told.put(service, new Told()));
  }

  /// What is new.
  List<News> observe(Look look, Duration at) {
    List<News> news = new ArrayList<>();
    for (ServiceRef service : told.keySet()) {
      List<String> addresses = look.addresses().getOrDefault(service, List.of());
      Optional<LogEntry> commit = commitOf(service, look.ledger());
      commit.ifPresent(
          entry -> tell(news, at, service, Stage.COMMITTED, entry.id() + "  " + entry.subject()));
      addresses.forEach(address -> tell(news, at, service, Stage.ALLOCATED, address));
      commit
          .filter(entry -> look.remote().contains(entry.id()))
          .ifPresent(
              entry -> tell(news, at, service, Stage.PUSHED, entry.id() + "  is on the remote"));
      addresses.forEach(address -> announcements(news, at, service, address, look.speakers()));
    }
    return news;
  }

  /// The stages that a Service has not reached yet, in order.
  SortedMap<ServiceRef, List<Stage>> missing() {
    SortedMap<ServiceRef, List<Stage>> missing = new TreeMap<>();
    told.forEach(
        (service, known) -> {
          List<Stage> open =
              List.of(Stage.values()).stream()
                  .filter(stage -> !known.stages.contains(stage))
                  .toList();
          if (!open.isEmpty()) {
            missing.put(service, open);
          }
        });
    return missing;
  }

  private static Optional<LogEntry> commitOf(ServiceRef service, List<LogEntry> ledger) {
    return ledger.stream()
        .filter(entry -> entry.values("Service").contains(service.toString()))
        .findFirst();
  }

  private void announcements(
      List<News> news,
      Duration at,
      ServiceRef service,
      String address,
      Map<NodeName, SpeakerStatus> speakers) {
    speakers.forEach(
        (node, status) ->
            status.announcements().stream()
                .filter(announcement -> announcement.address().toString().equals(address))
                .flatMap(announcement -> words(node, announcement).stream())
                .forEach(detail -> tell(news, at, service, Stage.ANNOUNCED, detail)));
  }

  private Optional<String> words(NodeName node, AnnouncementStatus announcement) {
    if (announcement.state() == AnnouncementState.ANNOUNCED) {
      List<String> ways = new ArrayList<>();
      if (!announcement.interfaces().isEmpty()) {
        ways.add("ARP on " + String.join(", ", announcement.interfaces()));
      }
      announcement.peers().forEach(peer -> ways.add("BGP to " + peer));
      return Optional.of("by " + node + ": " + String.join(", ", ways));
    }
    return switch (goal) {
      case ANNOUNCED -> Optional.empty();
      case TAKEN_OVER ->
          Optional.of(
              "taken over by "
                  + node
                  + ", not on the wire"
                  + announcement.reason().map(why -> " (" + why + ")").orElse(""));
    };
  }

  private void tell(List<News> news, Duration at, ServiceRef service, Stage stage, String detail) {
    Told known = java.util.Objects.requireNonNull(told.get(service));
    if (known.keys.add(stage + detail)) {
      known.stages.add(stage);
      news.add(new News(at, service, stage, detail));
    }
  }
}
