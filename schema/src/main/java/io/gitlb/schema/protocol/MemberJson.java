// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// The JSON form of the members of a cluster.
final class MemberJson {

  private MemberJson() {}

  static void write(JsonWriter json, String name, List<Member> members) {
    json.list(name, members, member -> json.object(() -> write(json, member)));
  }

  private static void write(JsonWriter json, Member member) {
    json.text("node", member.node().value());
    member
        .api()
        .ifPresent(
            api ->
                json.object(
                    "api",
                    () -> {
                      json.text("host", api.host());
                      json.number("port", api.port());
                    }));
    json.list("links", member.links(), link -> json.object(() -> write(json, link)));
  }

  private static void write(JsonWriter json, Member.Link link) {
    json.text("interface", link.interfaceName());
    json.text("macAddress", link.macAddress().toString());
    json.texts("addresses", link.addresses());
  }

  static List<Member> readList(JsonReader json) {
    return json.list(() -> readMember(json));
  }

  static List<Member> readAll(JsonReader json) {
    Slot<List<Member>> all = json.slot("all");
    json.object(
        name -> {
          switch (name) {
            case "all" -> all.set(readList(json));
            default -> json.skip();
          }
        });
    return all.orElse(List.of());
  }

  private static Member readMember(JsonReader json) {
    Slot<NodeName> node = json.slot("node");
    Slot<Member.Endpoint> api = json.slot("api");
    Slot<List<Member.Link>> links = json.slot("links");
    json.object(
        name -> {
          switch (name) {
            case "node" -> node.set(new NodeName(json.text()));
            case "api" -> api.set(readEndpoint(json));
            case "links" -> links.set(json.list(() -> readLink(json)));
            default -> json.skip();
          }
        });
    return new Member(node.required(), api.optional(), links.orElse(List.of()));
  }

  private static Member.Endpoint readEndpoint(JsonReader json) {
    Slot<String> host = json.slot("host");
    Slot<Integer> port = json.slot("port");
    json.object(
        name -> {
          switch (name) {
            case "host" -> host.set(json.text());
            case "port" -> port.set(json.port());
            default -> json.skip();
          }
        });
    return new Member.Endpoint(host.required(), port.required());
  }

  private static Member.Link readLink(JsonReader json) {
    Slot<String> interfaceName = json.slot("interface");
    Slot<MacAddress> macAddress = json.slot("macAddress");
    Slot<SortedSet<LinkAddress>> addresses = json.slot("addresses");
    json.object(
        name -> {
          switch (name) {
            case "interface" -> interfaceName.set(json.text());
            case "macAddress" -> macAddress.set(readMac(json));
            case "addresses" -> addresses.set(readAddresses(json));
            default -> json.skip();
          }
        });
    return new Member.Link(
        interfaceName.required(), macAddress.required(), addresses.orElse(new TreeSet<>()));
  }

  static SortedSet<LinkAddress> readAddresses(JsonReader json) {
    return new TreeSet<>(
        json.list(() -> json.parsed(LinkAddress::parse, "an address such as 192.0.2.7/24")));
  }

  static MacAddress readMac(JsonReader json) {
    return json.parsed(MacAddress::parse, "a MAC address such as 02:00:5e:00:53:01");
  }
}
