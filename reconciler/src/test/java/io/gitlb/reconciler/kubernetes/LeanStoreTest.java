// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class LeanStoreTest {

  @Test
  void whatNobodyReadsIsNotKeptAndWhoManagesIs() {
    Service service =
        Serialization.unmarshal(
            """
            {"apiVersion": "v1", "kind": "Service",
             "metadata": {"namespace": "demo", "name": "web",
               "annotations": {"gitlb.io/address-pool": "lan",
                 "kubectl.kubernetes.io/last-applied-configuration": "{}"},
               "managedFields": [{"manager": "gitlb", "subresource": "status",
                 "operation": "Apply", "fieldsV1": {"f:status": {"f:loadBalancer": {}}}}]}}
            """,
            Service.class);
    LeanStore<Service> store = new LeanStore<>();
    store.put("demo/web", service);
    assertEquals("demo/web", store.getKey(service));
    assertEquals(
        """
        ---
        apiVersion: "v1"
        kind: "Service"
        metadata:
          annotations:
            gitlb.io/address-pool: "lan"
          managedFields:
          - manager: "gitlb"
            operation: "Apply"
            subresource: "status"
          name: "web"
          namespace: "demo"
        """,
        Serialization.asYaml(store.get("demo/web")));
  }
}
