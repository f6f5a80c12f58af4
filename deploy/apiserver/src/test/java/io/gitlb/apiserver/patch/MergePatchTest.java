// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ResourceKinds;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The three kinds of patches on plain documents.
class MergePatchTest {

  private static JsonNode json(String text) {
    return switch (JsonTree.parseAny(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8))) {
      case Answer.Given<JsonNode>(JsonNode node) -> node;
      case Answer.Refused<JsonNode>(var refusal) -> throw new AssertionError(refusal);
    };
  }

  private static ObjectNode object(String text) {
    return (ObjectNode) json(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // RFC 7396 appendix A
        "{'a':'b'} | {'a':'c'} | {'a':'c'}",
        "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
        "{'a':'b'} | {'a':null} | {}",
        "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
        "{'a':['b']} | {'a':'c'} | {'a':'c'}",
        "{'a':'c'} | {'a':['b']} | {'a':['b']}",
        "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
        "{'e':null} | {'a':1} | {'e':null,'a':1}",
        "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
      })
  void aMergePatchDoesWhatTheRfcShows(String target, String patch, String result) {
    assertEquals(json(result), MergePatch.apply(object(target), object(patch)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // RFC 6902 appendix A
        "{'foo':'bar'} | [{'op':'add','path':'/baz','value':'q'}] | {'foo':'bar','baz':'q'}",
        "{'foo':['a','c']} | [{'op':'add','path':'/foo/1','value':'b'}] | {'foo':['a','b','c']}",
        "{'baz':'q','foo':'b'} | [{'op':'remove','path':'/baz'}] | {'foo':'b'}",
        "{'foo':['a','b','c']} | [{'op':'remove','path':'/foo/1'}] | {'foo':['a','c']}",
        "{'baz':'q'} | [{'op':'replace','path':'/baz','value':'r'}] | {'baz':'r'}",
        "{'a':{'x':1},'b':{}} | [{'op':'move','from':'/a/x','path':'/b/y'}] | {'a':{},'b':{'y':1}}",
        "{'f':['a','b','c']} | [{'op':'move','from':'/f/0','path':'/f/2'}] | {'f':['b','c','a']}",
        "{'f':[1]} | [{'op':'add','path':'/f/-','value':[2]}] | {'f':[1,[2]]}",
        "{'/':9,'~1':10} | [{'op':'test','path':'/~01','value':10}] | {'/':9,'~1':10}",
        // refused
        "{'foo':'bar'} | [{'op':'add','path':'/baz/bat','value':'q'}] | refused",
        "{'baz':'q'} | [{'op':'test','path':'/baz','value':'bar'}] | refused",
        "{'f':[1]} | [{'op':'add','path':'/f/3','value':2}] | refused",
        "{'f':[1]} | [{'op':'remove','path':'/f/01'}] | refused",
        "{} | [{'op':'remove','path':'/a'}] | refused",
        "{} | [{'op':'mend','path':'/a'}] | refused",
        "{} | {'op':'remove'} | refused",
      })
  void aJsonPatchDoesWhatTheRfcShows(String target, String patch, String result) {
    String got =
        switch (JsonPatch.apply(object(target), json(patch))) {
          case Answer.Given<ObjectNode>(ObjectNode node) -> node.toString();
          case Answer.Refused<ObjectNode> _ -> "refused";
        };
    assertEquals(result.replace('\'', '"'), got);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // a keyed list is merged, a new element comes last
        "{'spec':{'ports':[{'port':1,'name':'a'}]}}"
            + "| {'spec':{'ports':[{'port':2},{'port':1,'name':'b'}]}}"
            + "| {'spec':{'ports':[{'port':1,'name':'b'},{'port':2}]}}",
        // the order that the client saw
        "{'spec':{'ports':[{'port':1},{'port':2}]}}"
            + "| {'spec':{'$setElementOrder/ports':[{'port':3},{'port':2}],'ports':[{'port':3}]}}"
            + "| {'spec':{'ports':[{'port':3},{'port':2},{'port':1}]}}",
        // all elements replaced
        "{'spec':{'ports':[{'port':1}]}}"
            + "| {'spec':{'ports':[{'$patch':'replace'},{'port':2}]}}"
            + "| {'spec':{'ports':[{'port':2}]}}",
        // an object replaced, an object removed
        "{'metadata':{'labels':{'a':'1'}}}"
            + "| {'metadata':{'labels':{'$patch':'replace','b':'2'}}}"
            + "| {'metadata':{'labels':{'b':'2'}}}",
        "{'spec':{'x':{'a':1},'y':1}} | {'spec':{'x':{'$patch':'delete'}}} | {'spec':{'y':1}}",
        // only named keys stay
        "{'spec':{'x':{'a':1,'b':2}}}"
            + "| {'spec':{'x':{'$retainKeys':['b','c'],'c':3}}}"
            + "| {'spec':{'x':{'b':2,'c':3}}}",
        // sets of values
        "{'metadata':{'finalizers':['a','b']}}"
            + "| {'metadata':{'finalizers':['b','c'],'$deleteFromPrimitiveList/finalizers':['a']}}"
            + "| {'metadata':{'finalizers':['b','c']}}",
      })
  void aStrategicPatchFollowsItsDirectives(String target, String patch, String result) {
    assertEquals(
        json(result),
        StrategicMergePatch.apply(ResourceKinds.SERVICES, object(target), object(patch)));
  }
}
