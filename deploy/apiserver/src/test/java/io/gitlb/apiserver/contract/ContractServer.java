// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The server under test and a namespace of its own in it, until the tests of a class have ended.
final class ContractServer implements AfterAllCallback {
  private final List<ApiServer> standIns;
  private final ApiClient client;
  private final String namespace;

  private ContractServer(ApiClient client, String namespace, List<ApiServer> standIns) {
    this.client = client;
    this.namespace = namespace;
    this.standIns = standIns;
  }

  /// The server that the property or variable names, else a stand-in of its own.
  static ContractServer open() {
    String named =
        Optional.ofNullable(System.getProperty("gitlb.contract.kubeconfig"))
            .or(() -> Optional.ofNullable(System.getenv("GITLB_CONTRACT_KUBECONFIG")))
            .orElse("");
    if (!named.isEmpty()) {
      return inNamespace(new ApiClient(Kubeconfig.parse(read(Path.of(named)))), List.of());
    }
    ApiServer server = ApiServer.start(ApiServerSettings.onLoopback());
    return inNamespace(new ApiClient(Kubeconfig.parse(server.kubeconfig())), List.of(server));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static ContractServer inNamespace(ApiClient client, List<ApiServer> standIns) {
    ApiClient.Response made =
        client.post("/api/v1/namespaces", "{\"metadata\":{\"generateName\":\"contract-\"}}");
    if (made.code() != 201) {
      throw new IllegalStateException("no namespace: " + made);
    }
    return new ContractServer(client, made.text("metadata", "name"), standIns);
  }

  ApiClient client() {
    return client;
  }

  String namespace() {
    return namespace;
  }

  /// Path of a collection of the core group in the namespace of the test.
  String core(String plural) {
    return "/api/v1/namespaces/" + namespace + "/" + plural;
  }

  /// Path of a collection of another group.
  String group(String groupVersion, String plural) {
    return "/apis/" + groupVersion + "/namespaces/" + namespace + "/" + plural;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    client.delete("/api/v1/namespaces/" + namespace);
    client.close();
    standIns.forEach(ApiServer::close);
  }

  /// A Service document with one port 80.
  ///
  /// @param specFields more fields of the spec, each followed by a comma; may be empty
  static String service(String name, String specFields) {
    return """
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"%s"},
         "spec":{%s "ports":[{"port":80}]}}
        """
        .formatted(name, specFields);
  }

  /// A Service of type LoadBalancer without node ports, of which there are few.
  static String loadBalancer(String name) {
    return service(name, "\"type\":\"LoadBalancer\",\"allocateLoadBalancerNodePorts\":false,");
  }
}
