// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is known of one peer.
final class Peer {

  final NodeName node;
  final Instant since;
  private final TreeMap<String, Contact> contacts = new TreeMap<>();
  private Channel channel = Channel.SILENT;
  private Optional<PeerClaims> told = Optional.empty();
  private Map<IpAddress, Claim> claims = Map.of();
  private boolean doubted;

  Peer(NodeName node, Instant since) {
    this.node = node;
    this.since = since;
  }

  /// Whether the session's state is news.
  boolean contact(String interfaceName, Contact contact) {
    doubted |= contact == Contact.DOWN;
    return contacts.put(interfaceName, contact) != contact;
  }

  /// A refused peer has lost its process, and with it what it claimed.
  boolean channel(Channel now) {
    boolean news = channel != now;
    channel = now;
    if (now == Channel.REFUSED) {
      told = Optional.empty();
      claims = Map.of();
    }
    return news;
  }

  /// Takes what the peer told, unless it is older than what is known of the same run.
  boolean told(PeerClaims content) {
    if (told.isPresent()
        && told.get().bootId().equals(content.bootId())
        && told.get().sequence() >= content.sequence()) {
      return false;
    }
    Map<IpAddress, Claim> byAddress = new HashMap<>();
    content.claims().forEach(claim -> byAddress.put(claim.address(), claim));
    told = Optional.of(content);
    claims = byAddress;
    channel = Channel.OPEN;
    doubted = false;
    return true;
  }

  Optional<PeerClaims> told() {
    return told;
  }

  Map<IpAddress, Claim> claims() {
    return claims;
  }

  boolean refused() {
    return channel == Channel.REFUSED;
  }

  /// Whether it may have been restarted since it told its claims, and nothing can be asked.
  boolean doubted() {
    return doubted && channel != Channel.OPEN;
  }

  boolean open() {
    return channel == Channel.OPEN;
  }

  /// Whether it has said that it exists or that it does not.
  boolean certain() {
    return refused() || told.isPresent();
  }

  /// Whether it would not take the address now, by its own word.
  boolean declines(IpAddress address) {
    if (refused()) {
      return true;
    }
    return told.isPresent()
        && (told.get().presence() == Presence.LEAVING || told.get().unable().contains(address));
  }

  boolean up(SortedSet<String> interfaces) {
    for (String name : interfaces) {
      if (contacts.get(name) == Contact.UP) {
        return true;
      }
    }
    return false;
  }

  boolean everHeard(SortedSet<String> interfaces) {
    return interfaces.stream().anyMatch(contacts::containsKey);
  }

  SortedSet<String> liveInterfaces() {
    SortedSet<String> live = new TreeSet<>();
    contacts.forEach(
        (name, contact) -> {
          if (contact == Contact.UP) {
            live.add(name);
          }
        });
    return live;
  }

  /// The members with which it has contact, on the interfaces of a claim or on all.
  SortedSet<NodeName> reportedContacts(Optional<Claim> claim) {
    SortedSet<NodeName> reached = new TreeSet<>();
    told.ifPresent(
        content ->
            content
                .contacts()
                .forEach(
                    (name, nodes) -> {
                      if (claim.isEmpty() || claim.get().interfaces().contains(name)) {
                        reached.addAll(nodes);
                      }
                    }));
    return reached;
  }
}
