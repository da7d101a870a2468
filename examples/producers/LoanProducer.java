import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class LoanProducer {
    static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    static final KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of(
        "bootstrap.servers", env("KAFKA_BROKERS", "localhost:9092"), "acks", "all",
        "max.block.ms", env("MAX_BLOCK_MS", "60000")), new StringSerializer(), new StringSerializer());

    static void send(String topic, String key, String event) {
        producer.send(new ProducerRecord<>(topic, key, event), (at, error) -> {
            if (error != null) System.err.println("event lost: " + topic + " " + key + ": " + error);
        });
    }

    static String logPrediction(String features, String prediction, double score) {
        String id = UUID.randomUUID().toString();
        send(env("PREDICTIONS_TOPIC", "ml.predictions"), id, """
            {"type": "prediction", "prediction_id": "%s", "model": "credit-risk", "model_version": "3",
             "timestamp": %d, "features": %s, "prediction": "%s", "score": %s}
            """.formatted(id, System.currentTimeMillis(), features, prediction, score));
        return id;
    }

    static void logLabel(String id, String label) {
        send(env("LABELS_TOPIC", "ml.labels"), id, """
            {"type": "label", "prediction_id": "%s", "model": "credit-risk", "label": "%s", "timestamp": %d}
            """.formatted(id, label, System.currentTimeMillis()));
    }

    public static void main(String[] args) {
        String loan = logPrediction("{\"age\": 42, \"income\": null, \"country\": \"DE\"}", "approve", 0.83);
        logLabel(loan, "deny"); // whenever the truth is known: minutes or months later
        producer.close();
    }
}
