// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.ManagementNetwork;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.demo.net.Segment;
import io.gitlb.demo.net.Tool;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// The machines of the demo: two nodes and what is around them. Either a small network of
/// namespaces with a client and a router, or, without the rights for that, just processes on
/// loopback.
public sealed interface DemoNetwork {

  /// What the example repository's pools and peers are made for.
  String ROUTER_ADDRESS = "10.77.0.1";

  /// The client on the same segment.
  String CLIENT_ADDRESS = "10.77.0.200";

  /// The interface that a node, the client and the router have on the segment.
  String LAN_INTERFACE = "eth0";

  /// Both nodes, by name.
  List<DemoNode> nodes();

  /// Two nodes, a client and a router share one segment; a second segment joins the nodes to the
  /// real machine so that the reconciler reaches their speakers.
  ///
  /// @param lan the segment of the nodes, the client and the router
  record OnTheWire(List<DemoNode> nodes, Segment lan, Host client, Frr router)
      implements DemoNetwork {

    public OnTheWire {
      nodes = List.copyOf(nodes);
    }
  }

  /// Both speakers on loopback, without the right to send a frame.
  ///
  /// @param reasons why not on the wire, one line each
  record OnLoopback(List<DemoNode> nodes, List<String> reasons) implements DemoNetwork {

    public OnLoopback {
      nodes = List.copyOf(nodes);
      reasons = List.copyOf(reasons);
    }
  }

  /// The best that this machine and user allow.
  static DemoNetwork build(Sandbox sandbox) {
    List<String> obstacles = Tool.obstacles(Tool.IP, Tool.PCAP, Tool.ARPING, Tool.FRR);
    return obstacles.isEmpty() ? onTheWire(sandbox) : onLoopback(sandbox, obstacles);
  }

  /// Needs root and the packages, see [Tool#obstacles].
  static OnTheWire onTheWire(Sandbox sandbox) {
    Segment lan = sandbox.segment("lan");
    Segment management = sandbox.segment("mgmt");
    // 15 characters are all that an interface name may have.
    String ourEnd =
        "glb" + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 24), Character.MAX_RADIX);
    management.attach(sandbox.machine(), ourEnd);
    String managementNet = ManagementNetwork.take(sandbox.machine(), ourEnd);
    List<DemoNode> nodes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String name = i == 0 ? "node-a" : "node-b";
      Host host = sandbox.host(name);
      lan.attach(host, LAN_INTERFACE, "10.77.0." + (11 + i) + "/24");
      management.attach(host, "mgmt0", managementNet + (11 + i) + "/24");
      nodes.add(
          new DemoNode(
              new NodeName(name),
              host,
              "10.77.0." + (11 + i),
              managementNet + (11 + i),
              7480,
              7481,
              LAN_INTERFACE));
    }
    Host client = sandbox.host("client");
    lan.attach(client, LAN_INTERFACE, CLIENT_ADDRESS + "/24");
    Host routerHost = sandbox.host("router");
    lan.attach(routerHost, LAN_INTERFACE, ROUTER_ADDRESS + "/24");
    return new OnTheWire(nodes, lan, client, Frr.start(sandbox, routerHost, ROUTER_CONFIGURATION));
  }

  /// Works for every user.
  static OnLoopback onLoopback(Sandbox sandbox, List<String> reasons) {
    List<Integer> ports = freePorts(4);
    List<DemoNode> nodes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      nodes.add(
          new DemoNode(
              new NodeName(i == 0 ? "node-a" : "node-b"),
              sandbox.machine(),
              "10.77.0." + (11 + i),
              "127.0.0.1",
              ports.get(2 * i),
              ports.get(2 * i + 1),
              "none-in-this-demo"));
    }
    return new OnLoopback(nodes, reasons);
  }

  /// The router accepts what nodes of its segment announce; the example repository has the other
  /// side.
  String ROUTER_CONFIGURATION =
      """
      hostname router
      router bgp 64513
       bgp router-id 10.77.0.1
       no bgp ebgp-requires-policy
       neighbor nodes peer-group
       neighbor nodes remote-as 64512
       neighbor nodes timers 3 9
       bgp listen range 10.77.0.0/24 peer-group nodes
      """;

  /// Ports of loopback that nobody listens on at this moment.
  static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
