import json, os, sys, time, uuid
from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": os.environ.get("KAFKA_BROKERS", "localhost:9092"),
                     "delivery.timeout.ms": int(os.environ.get("DELIVERY_TIMEOUT_MS", "120000"))})

def delivered(error, message):
    if error is not None:
        print(f"event lost: {message.topic()} {message.key()}: {error}", file=sys.stderr)

def send(topic, key, event):
    producer.produce(topic, json.dumps(event), key=key, on_delivery=delivered)
    producer.poll(0)  # calls delivered() for what has arrived, or was lost

def log_prediction(features, prediction, score):
    prediction_id = str(uuid.uuid4())
    send(os.environ.get("PREDICTIONS_TOPIC", "ml.predictions"), prediction_id, {
        "type": "prediction", "prediction_id": prediction_id,
        "model": "credit-risk", "model_version": "3", "timestamp": int(time.time() * 1000),
        "features": features, "prediction": prediction, "score": score,
    })
    return prediction_id

def log_label(prediction_id, label):
    send(os.environ.get("LABELS_TOPIC", "ml.labels"), prediction_id, {
        "type": "label", "prediction_id": prediction_id, "model": "credit-risk", "label": label,
        "timestamp": int(time.time() * 1000),
    })

loan = log_prediction({"age": 42, "income": None, "country": "DE"}, "approve", 0.83)
log_label(loan, "deny")  # whenever the truth is known: minutes or months later
producer.flush()
