import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.minidev.json.JSONArray;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONValue;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.runtime.log.NullLogChute;
import org.apache.velocity.util.ArrayListWrapper;

/**
 * Lists the public methods of the value that a template leaves in $r, as Velocity 1.7 finds them: those of public classes and
 * interfaces. Reads a template as a JSON string a line; writes {"class", "methods": [{"name", "params", "returns"}]} a line.
 * Needs Velocity, json-smart and their dependencies on the class path.
 */
public final class Members {
  /** What the receivers of surface.py ask of $util. */
  public static final class Util {
    public Object parseJson(String text) {
      return JSONValue.parse(text);
    }
  }

  /** What they ask of $input. */
  public static final class Input {
    public Map<String, Object> params() {
      return new HashMap<>();
    }
  }

  private static void collect(Class<?> type, Set<String> seen, List<Object> methods) {
    if (type == null) return;
    if (Modifier.isPublic(type.getModifiers())) {
      for (Method method : type.getDeclaredMethods()) {
        if (!Modifier.isPublic(method.getModifiers())) continue;
        JSONArray params = new JSONArray();
        for (Class<?> param : method.getParameterTypes()) params.add(param.getName());
        if (!seen.add(method.getName() + params)) continue;
        JSONObject found = new JSONObject();
        found.put("name", method.getName());
        found.put("params", params);
        found.put("returns", method.getReturnType().getName());
        methods.add(found);
      }
    }
    collect(type.getSuperclass(), seen, methods);
    for (Class<?> parent : type.getInterfaces()) collect(parent, seen, methods);
  }

  public static void main(String[] arguments) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem", new NullLogChute());
    engine.init();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      VelocityContext variables = new VelocityContext();
      variables.put("util", new Util());
      variables.put("input", new Input());
      variables.put("context", Map.of("identity", new HashMap<>(Map.of("a", "b"))));
      engine.evaluate(variables, new StringWriter(), "receiver", (String) JSONValue.parse(line));
      Class<?> type = variables.get("r").getClass();
      if (type.isArray()) type = ArrayListWrapper.class;
      List<Object> methods = new ArrayList<>();
      collect(type, new TreeSet<>(), methods);
      // Reflection lists methods in no order of its own.
      Object[] sorted = methods.toArray();
      Arrays.sort(sorted, (a, b) -> a.toString().compareTo(b.toString()));
      JSONObject answer = new JSONObject();
      answer.put("class", type.getName());
      answer.put("methods", Arrays.asList(sorted));
      System.out.println(answer.toJSONString());
    }
  }
}
